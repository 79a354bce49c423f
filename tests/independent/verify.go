// Verify checks files that tiga wrote with Go's sumdb/note and sumdb/tlog, which know nothing of us.
//
//	verify log FOLDER       a log as files, see rule 3
//	verify dossier FOLDER   the notes and proofs of an unpacked dossier
//	verify flips KIND FOLDER
//	                        flips each bit of each file that KIND (log or dossier) reads, one at a time, in memory
//
// Rules
//  1. The first fault ends it: a line on standard error, exit code 1. Otherwise lines `what count`, exit code 0.
//  2. Every file of a log's folder must have been read; one too many is a fault. So is a signature by an unknown key.
//  3. A log's folder: `keys` (lines `log|person|witness vkey`), `checkpoint` (with all cosignatures), `heads/SIZE`
//     (checkpoints as they were at that size), `tile/...` (tlog-tiles, for every head), `proofs` (.tlog-proof files in
//     order, each after its length in 4 bytes), `consistency` (lines `m n hash...`, a line for each two heads).
//     Without any `person` the entries are plain bytes and not notes.
//  4. Hashes are computed from the entry bundles alone; tiles, heads and proofs are held against them.
//  5. Go's note knows algorithm 1 only. The verifier of cosignatures (0x04) stands below.
//  6. Go's base64 lets trailing bits pass. What does not re-encode to itself is refused here, as tiga refuses it.
//
// Not done here: the acts in the entries, and files of a dossier other than keys, checkpoint, entries and proofs.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	// fromTilesMax is about how many proofs are also made by Go from our tiles.
	fromTilesMax = 512
)

// fault is what is wrong with the files; anything else that panics is a fault of this program.
type fault string

func refuse(format string, values ...interface{}) { panic(fault(fmt.Sprintf(format, values...))) }

func must(err error, what string) {
	if err != nil {
		refuse("%s: %v", what, err)
	}
}

// folder holds the files and which of them were read.
type folder struct {
	files map[string][]byte
	read  map[string]bool
}

func (f folder) take(name string) []byte {
	data, ok := f.files[name]
	if !ok {
		refuse("%s is missing", name)
	}
	f.read[name] = true
	return data
}

func (f folder) under(prefix, suffix string) []string {
	var names []string
	for name := range f.files {
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, suffix) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

// cosigner verifies cosignatures of C2SP tlog-cosignature, type 0x04.
type cosigner struct {
	name   string
	id     uint32
	public ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize || len(c.public) != ed25519.PublicKeySize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(c.public, []byte(signed), signature[8:])
}

// verifier reads a vkey: 0x01 by Go's note, 0x04 by what stands above.
func verifier(vkey string) note.Verifier {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		refuse("no vkey: %q", vkey)
	}
	material := decode(parts[2])
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), material...))
	id := binary.BigEndian.Uint32(sum[:])
	if parts[1] != fmt.Sprintf("%08x", id) || len(material) != 1+ed25519.PublicKeySize {
		refuse("the id of %q does not belong to its key", vkey)
	}
	if material[0] == 4 {
		if _, err := note.NewVerifier(vkey); err == nil {
			refuse("Go's note takes 0x04 as one of its own")
		}
		return cosigner{parts[0], id, ed25519.PublicKey(material[1:])}
	}
	known, err := note.NewVerifier(vkey)
	must(err, vkey)
	return known
}

func decode(text string) []byte {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(data) != text {
		refuse("no strict base64: %q", text)
	}
	return data
}

func parseHash(text string) tlog.Hash {
	hash, err := tlog.ParseHash(text)
	if err != nil || hash.String() != text {
		refuse("no hash: %q", text)
	}
	return hash
}

func parseNumber(text string) int64 {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || strconv.FormatInt(number, 10) != text {
		refuse("no number: %q", text)
	}
	return number
}

// open verifies a note: each of its lines is by one of the keys, and none by a key twice.
func open(what string, message []byte, keys ...note.Verifier) *note.Note {
	opened, err := note.Open(message, note.VerifierList(keys...))
	must(err, what)
	lines := bytes.Count(message[len(opened.Text)+1:], []byte("\n"))
	if len(opened.UnverifiedSigs) != 0 || len(opened.Sigs) != lines {
		refuse("%s: %d of %d lines verified", what, len(opened.Sigs), lines)
	}
	for _, line := range opened.Sigs {
		decode(line.Base64)
	}
	return opened
}

// head reads a verified checkpoint's text.
func head(what string, opened *note.Note, origin string) tlog.Tree {
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != origin || lines[3] != "" {
		refuse("%s is no checkpoint of %s", what, origin)
	}
	return tlog.Tree{N: parseNumber(lines[1]), Hash: parseHash(lines[2])}
}

type keys struct {
	log             note.Verifier
	people, witness []note.Verifier
}

func (k *keys) add(role, vkey string) {
	switch role {
	case "log":
		if k.log != nil {
			refuse("a second log key")
		}
		k.log = verifier(vkey)
	case "person":
		k.people = append(k.people, verifier(vkey))
	case "witness":
		k.witness = append(k.witness, verifier(vkey))
	default:
		refuse("no role: %q", role)
	}
}

// rows are the lines of a file that ends with a line feed.
func rows(what string, data []byte) []string {
	if len(data) > 0 && data[len(data)-1] != '\n' {
		refuse("%s does not end with a line feed", what)
	}
	lines := strings.Split(string(data), "\n")
	return lines[:len(lines)-1]
}

// stored are all hashes of a tree in the order of tlog's storage.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("there is no hash %d", index)
		}
		hashes[i] = s[index]
	}
	return hashes, nil
}

func (s stored) root(size int64) tlog.Hash {
	hash, err := tlog.TreeHash(size, s)
	must(err, "root")
	return hash
}

// path is a tile's name in tlog-tiles: Go's own, without the height, and `entries` for its `data`.
func path(tile tlog.Tile) string {
	name := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
	return strings.Replace(name, "tile/data/", "tile/entries/", 1)
}

// tilesOf lists the tiles of one level of a tree; level -1 is that of the entry bundles.
func tilesOf(level int, size int64) []tlog.Tile {
	count := size
	if level > 0 {
		count = size >> (uint(level) * tileHeight)
	}
	var tiles []tlog.Tile
	for n := int64(0); n*tileWidth < count; n++ {
		width := count - n*tileWidth
		if width > tileWidth {
			width = tileWidth
		}
		tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: n, W: int(width)})
	}
	return tiles
}

// unbundled are the entries of a bundle: 2 bytes of length before each.
func unbundled(name string, data []byte, count int) [][]byte {
	var entries [][]byte
	for len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			break
		}
		entries = append(entries, data[2:2+length])
		data = data[2+length:]
	}
	if len(data) != 0 || len(entries) != count {
		refuse("%s does not hold %d entries", name, count)
	}
	return entries
}

// parsedProof is a .tlog-proof file.
type parsedProof struct {
	index      int64
	hashes     tlog.RecordProof
	checkpoint []byte
}

func parseProof(what string, data []byte) parsedProof {
	cut := bytes.Index(data, []byte("\n\n"))
	if cut < 0 {
		refuse("%s is no proof", what)
	}
	lines := strings.Split(string(data[:cut]), "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		refuse("%s is no proof", what)
	}
	proof := parsedProof{parseNumber(strings.TrimPrefix(lines[1], "index ")), nil, data[cut+2:]}
	for _, line := range lines[2:] {
		proof.hashes = append(proof.hashes, parseHash(line))
	}
	return proof
}

// tileFiles gives Go's client the tiles of the folder.
type tileFiles struct{ folder folder }

func (t tileFiles) Height() int { return tileHeight }
func (t tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var rows [][]byte
	for _, tile := range tiles {
		rows = append(rows, t.folder.take(path(tile)))
	}
	return rows, nil
}
func (t tileFiles) SaveTiles([]tlog.Tile, [][]byte) {}

// logFiles is a log under verification.
type logFiles struct {
	folder
	keys
	hashes stored
	leaves []tlog.Hash
	tree   tlog.Tree
	heads  []tlog.Tree
	counts []string
}

func (l *logFiles) count(what string, number int) {
	l.counts = append(l.counts, fmt.Sprintf("%s %d", what, number))
}

func verifyLog(files folder) []string {
	l := &logFiles{folder: files}
	for _, row := range rows("keys", l.take("keys")) {
		role, vkey, _ := strings.Cut(row, " ")
		l.add(role, vkey)
	}
	l.verifyCheckpoint()
	l.verifyEntries()
	l.verifyHeads()
	l.verifyTiles()
	l.verifyConsistency()
	l.verifyProofs()
	for name := range l.files {
		if !l.read[name] {
			refuse("%s belongs to no log of %d", name, l.tree.N)
		}
	}
	return l.counts
}

func (l *logFiles) verifyCheckpoint() {
	if l.log == nil {
		refuse("no log key")
	}
	opened := open("checkpoint", l.take("checkpoint"), append([]note.Verifier{l.log}, l.witness...)...)
	if len(opened.Sigs) != 1+len(l.witness) {
		refuse("checkpoint: %d signatures of %d", len(opened.Sigs), 1+len(l.witness))
	}
	l.tree = head("checkpoint", opened, l.log.Name())
	if l.tree.N < 1 {
		refuse("an empty log") // Go's packages prove nothing of it
	}
	l.count("size", int(l.tree.N))
	for _, line := range opened.Sigs[1:] {
		seconds := binary.BigEndian.Uint64(decode(line.Base64)[4:])
		l.counts = append(l.counts, fmt.Sprintf("cosigned %s %d", line.Name, seconds))
	}
}

func (l *logFiles) verifyEntries() {
	bundles, signatures := tilesOf(-1, l.tree.N), 0
	for _, bundle := range bundles {
		name := path(bundle)
		for _, entry := range unbundled(name, l.take(name), bundle.W) {
			index := int64(len(l.leaves))
			if len(l.people) > 0 {
				signatures += len(open(fmt.Sprintf("entry %d", index), entry, l.people...).Sigs)
			}
			more, err := tlog.StoredHashes(index, entry, l.hashes)
			must(err, name)
			l.hashes = append(l.hashes, more...)
			l.leaves = append(l.leaves, tlog.RecordHash(entry))
		}
	}
	if l.hashes.root(l.tree.N) != l.tree.Hash {
		refuse("the entries do not lead to the root")
	}
	l.count("bundles", len(bundles))
	l.count("signatures", signatures)
}

func (l *logFiles) verifyHeads() {
	for _, name := range l.under("heads/", "") {
		size := parseNumber(strings.TrimPrefix(name, "heads/"))
		tree := head(name, open(name, l.take(name), l.log), l.log.Name())
		if tree.N != size || size < 1 || size > l.tree.N || l.hashes.root(size) != tree.Hash {
			refuse("%s is not the head of this log at its size", name)
		}
		l.heads = append(l.heads, tree)
	}
	sort.Slice(l.heads, func(i, j int) bool { return l.heads[i].N < l.heads[j].N })
	l.count("heads", len(l.heads))
}

func (l *logFiles) verifyTiles() {
	seen := map[string]bool{}
	for _, tree := range append([]tlog.Tree{l.tree}, l.heads...) {
		for level := 0; tree.N>>(uint(level)*tileHeight) > 0; level++ {
			for _, tile := range tilesOf(level, tree.N) {
				if name := path(tile); !seen[name] {
					seen[name] = true
					l.verifyTile(tile, name, l.take(name))
				}
			}
		}
	}
	l.count("tiles", len(seen))
}

// verifyTile compares a tile with Go's bytes and every hash that can be computed from it with Go's hash.
func (l *logFiles) verifyTile(tile tlog.Tile, name string, data []byte) {
	want, err := tlog.ReadTileData(tile, l.hashes)
	must(err, name)
	if !bytes.Equal(want, data) {
		refuse("%s differs from Go's", name)
	}
	for height := 0; height < tileHeight; height++ {
		first := tile.N << uint(tileHeight-height)
		for i := int64(0); (i+1)<<uint(height) <= int64(tile.W); i++ {
			index := tlog.StoredHashIndex(tile.L*tileHeight+height, first+i)
			hash, err := tlog.HashFromTile(tile, data, index)
			must(err, name)
			if hash != l.hashes[index] {
				refuse("%s: hash %d of height %d", name, i, height)
			}
		}
	}
}

func (l *logFiles) verifyConsistency() {
	lines := rows("consistency", l.take("consistency"))
	row := 0
	for j, newer := range l.heads {
		for _, older := range l.heads[:j] {
			if row == len(lines) {
				refuse("consistency: no line %d", row)
			}
			parts := strings.Split(lines[row], " ")
			if len(parts) < 2 || parseNumber(parts[0]) != older.N || parseNumber(parts[1]) != newer.N {
				refuse("consistency: line %d is not from %d to %d", row, older.N, newer.N)
			}
			var proof tlog.TreeProof
			for _, part := range parts[2:] {
				proof = append(proof, parseHash(part))
			}
			must(tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash), lines[row])
			row++
		}
	}
	if row != len(lines) {
		refuse("consistency: %d lines of %d", row, len(lines))
	}
	l.count("consistency", row)
}

func (l *logFiles) verifyProofs() {
	data := l.take("proofs")
	client := tlog.TileHashReader(l.tree, tileFiles{l.folder})
	step := 1 + l.tree.N/fromTilesMax
	var last []byte
	compared := 0
	for index := int64(0); index < l.tree.N; index++ {
		if len(data) < 4 || uint64(len(data)-4) < uint64(binary.BigEndian.Uint32(data)) {
			refuse("proofs: it ends before entry %d", index)
		}
		end := 4 + int(binary.BigEndian.Uint32(data))
		what := fmt.Sprintf("proof %d", index)
		proof := parseProof(what, data[4:end])
		data = data[end:]
		if !bytes.Equal(proof.checkpoint, last) { // the same bytes need one verification
			if head(what, open(what, proof.checkpoint, l.log), l.log.Name()) != l.tree {
				refuse("%s is of another head", what)
			}
			last = proof.checkpoint
		}
		if proof.index != index {
			refuse("%s is of entry %d", what, proof.index)
		}
		must(tlog.CheckRecord(proof.hashes, l.tree.N, l.tree.Hash, index, l.leaves[index]), what)
		if index%step == 0 || index == l.tree.N-1 {
			made, err := tlog.ProveRecord(l.tree.N, index, client)
			must(err, what)
			if fmt.Sprint(made) != fmt.Sprint(proof.hashes) {
				refuse("%s differs from what Go makes of the tiles", what)
			}
			compared++
		}
	}
	if len(data) != 0 {
		refuse("proofs: %d bytes too many", len(data))
	}
	l.count("proofs", int(l.tree.N))
	l.count("compared", compared)
}

func verifyDossier(files folder) []string {
	known := keys{}
	for i, vkey := range rows("keys", files.take("keys")) {
		known.add(map[bool]string{true: "log", false: "person"}[i == 0], vkey)
	}
	if known.log == nil {
		refuse("no log key")
	}
	checkpoint := files.take("checkpoint")
	tree := head("checkpoint", open("checkpoint", checkpoint, known.log), known.log.Name())
	signatures, names := 0, files.under("entries/", ".note")
	for _, name := range names {
		entry := files.take(name)
		signatures += len(open(name, entry, known.people...).Sigs)
		stem := strings.TrimSuffix(name, ".note")
		proof := parseProof(stem, files.take(stem+".tlog-proof"))
		if !bytes.Equal(proof.checkpoint, checkpoint) || fmt.Sprintf("entries/%08d", proof.index) != stem {
			refuse("the proof of %s is of another head or entry", name)
		}
		must(tlog.CheckRecord(proof.hashes, tree.N, tree.Hash, proof.index, tlog.RecordHash(entry)), name)
	}
	return []string{
		fmt.Sprintf("size %d", tree.N), fmt.Sprintf("entries %d", len(names)), fmt.Sprintf("signatures %d", signatures),
	}
}

var kinds = map[string]func(folder) []string{"log": verifyLog, "dossier": verifyDossier}

// guarded turns a fault into an error.
func guarded(run func() []string) (counts []string, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			text, ok := problem.(fault)
			if !ok {
				panic(problem)
			}
			err = errors.New(string(text))
		}
	}()
	return run(), nil
}

// flips tries each bit of each file that is read; what is then still accepted is listed.
func flips(kind string, files map[string][]byte) []string {
	whole := folder{files, map[string]bool{}}
	kinds[kind](whole)
	tried, accepted := 0, []string{}
	for name := range whole.read {
		for at := range files[name] {
			for bit := uint(0); bit < 8; bit++ {
				files[name][at] ^= 1 << bit
				again := func() []string { return kinds[kind](folder{files, map[string]bool{}}) }
				if _, err := guarded(again); err == nil {
					accepted = append(accepted, fmt.Sprintf("accepted %s %d %d", name, at, bit))
				}
				files[name][at] ^= 1 << bit
				tried++
			}
		}
	}
	sort.Strings(accepted)
	return append(accepted, fmt.Sprintf("flips %d", tried))
}

func load(root string) map[string][]byte {
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(at)
		return err
	})
	must(err, root)
	return files
}

func main() {
	arguments := os.Args[1:]
	flipping := len(arguments) > 0 && arguments[0] == "flips"
	if flipping {
		arguments = arguments[1:]
	}
	if len(arguments) != 2 || kinds[arguments[0]] == nil {
		fmt.Fprintln(os.Stderr, "usage: verify [flips] log|dossier FOLDER")
		os.Exit(2)
	}
	kind, root := arguments[0], arguments[1]
	counts, err := guarded(func() []string {
		if flipping {
			return flips(kind, load(root))
		}
		return kinds[kind](folder{load(root), map[string]bool{}})
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, line := range counts {
		fmt.Println(line)
	}
}
