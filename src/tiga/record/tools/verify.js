/*
 * Verifies a dossier of tiga with nothing but its bytes: no network, no library, no server.
 *
 * Written from docs/record.md, whose numbers stand at the sections below. It shares no code with the Python verifier,
 * so that a fault of one is seen by the other. With bytes.js before it, it runs in a browser from a file and in Node.
 *
 *   tigaVerify.verifyDossier(bytes, {logKey, exercise, policy, own}) -> verdict
 *
 * verdict: {accepted: true, origin, size, entries, ...} or {accepted: false, code, values, step}; the codes are those
 * of the Python verifier. `verifying` is the same as a generator of {done, total}, so that a page stays alive.
 *
 * Not done here: recomputing measures, reading agreements, judging whether an act was allowed.
 * Trust: whoever can change this file can make anything pass; a copy that comes with a dossier proves nothing.
 */
"use strict";

const tigaVerify = (() => {
  const { utf8, textOf, looseTextOf, latin1, octets, hex, byCodePoint, base64url, unbase64, unbase64url } = tigaBytes;
  const { joined, sameBytes, Sha256, sha256, verifySignature, isSound } = tigaBytes;

  // --- Limits

  const MEMBERS_LIMIT = 60000;
  const CONTAINER_LIMIT = 2 ** 29;
  const MEMBER_NAME_LIMIT = 200;
  const NOTE_LIMIT = 2 ** 18;
  const SIGNATURES_LIMIT = 32;
  const KEY_NAME_LIMIT = 200;
  const TEXT_LIMIT = 49152;
  const ENTRY_LIMIT = 65535;
  const DISCLOSURE_LIMIT = 65535;
  const DEPTH_LIMIT = 8;
  const NESTING_LIMIT = 900; // of the JSON reader itself: beyond it bytes count as no JSON
  const KEYS_LIMIT = 1000;
  const CHUNK = 2 ** 20; // bytes between two signs of life

  // --- Refusals

  class Refused extends Error {
    constructor(code, values = {}) {
      super(code);
      Object.assign(this, { code, values });
    }
  }

  const refuse = (code, values) => {
    throw new Refused(code, values);
  };

  /** Run an action; a refusal from it learns the place, but keeps what it already says of it. */
  function at(place, action) {
    try {
      return action();
    } catch (error) {
      if (error instanceof Refused) error.values = { ...place, ...error.values };
      throw error;
    }
  }

  // --- Texts that are refused where they are not spelled in their one way

  const fromBase64 = (text) => unbase64(text) || refuse("record.refused.base64");
  const fromBase64url = (text) => unbase64url(text) || refuse("record.refused.disclosure");

  /** A decimal without leading zeros, at most 2^53-1. */
  function decimal(text) {
    const value = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : NaN;
    return Number.isSafeInteger(value) ? value : refuse("record.refused.number", { text: text.slice(0, 40) });
  }

  // --- F0 tiga-JSON. Objects are Maps; integers are numbers, or BigInt beyond 2^53-1.

  function readJson(text) {
    let place = 0;
    const broken = () => refuse("record.canonical.json", { path: "." });
    const blank = () => {
      while (place < text.length && " \t\n\r".includes(text[place])) place++;
    };
    const literal = (word, value) => {
      if (!text.startsWith(word, place)) broken();
      place += word.length;
      return value;
    };

    function value(depth) {
      if (depth > NESTING_LIMIT) broken();
      const letter = text[place];
      if (letter === '"') return string();
      if (letter === "{") return object(depth);
      if (letter === "[") return array(depth);
      if (letter === "t") return literal("true", true);
      if (letter === "f") return literal("false", false);
      if (letter === "n") return literal("null", null);
      return number();
    }

    function number() {
      const pattern = /(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?|NaN|-?Infinity/y;
      pattern.lastIndex = place;
      const match = pattern.exec(text) || broken();
      if (match[1] === undefined || match[2] || match[3]) {
        refuse("record.canonical.float", { path: ".", number: match[0].slice(0, 40) });
      }
      place = pattern.lastIndex;
      const whole = Number(match[1]);
      return Number.isSafeInteger(whole) ? whole : BigInt(match[1]);
    }

    function string() {
      const pattern = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
      pattern.lastIndex = place;
      const match = pattern.exec(text) || broken();
      place = pattern.lastIndex;
      return JSON.parse(match[0]);
    }

    function array(depth) {
      const items = [];
      place++;
      blank();
      if (text[place] === "]") return literal("]", items);
      for (;;) {
        items.push(value(depth + 1));
        blank();
        if (text[place] === "]") return literal("]", items);
        literal(",");
        blank();
      }
    }

    function object(depth) {
      const members = new Map();
      place++;
      blank();
      if (text[place] === "}") return literal("}", members);
      for (;;) {
        if (text[place] !== '"') broken();
        const name = string();
        blank();
        literal(":");
        blank();
        members.set(name, value(depth + 1));
        blank();
        if (text[place] === "}") return literal("}", members);
        literal(",");
        blank();
      }
    }

    blank();
    const whole = value(1);
    blank();
    if (place < text.length) broken();
    return whole;
  }

  const isMemberName = (text) => /^[a-z][a-z0-9_-]{0,39}$/.test(text);

  function checkProfile(value, path, depth) {
    const where = { path: path || "." };
    if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return;
    if (typeof value === "bigint") refuse("record.canonical.integer", where);
    if (value === null) refuse("record.canonical.kind", { ...where, kind: "null" });
    if (depth > DEPTH_LIMIT) refuse("record.canonical.depth", { ...where, limit: DEPTH_LIMIT });
    if (Array.isArray(value)) {
      value.forEach((item, i) => checkProfile(item, `${path}[${i}]`, depth + 1));
      return;
    }
    for (const [name, item] of value) {
      if (!isMemberName(name)) refuse("record.canonical.name", { ...where, name: JSON.stringify(name).slice(0, 60) });
      checkProfile(item, path ? `${path}.${name}` : name, depth + 1);
    }
  }

  /** A value in JSON with sorted members and no spaces (RFC 8785 within the profile). */
  function spelled(value) {
    if (Array.isArray(value)) return `[${value.map(spelled).join(",")}]`;
    if (value instanceof Map) {
      const names = [...value.keys()].sort(byCodePoint);
      return `{${names.map((name) => `${JSON.stringify(name)}:${spelled(value.get(name))}`).join(",")}}`;
    }
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  }

  /** The only spelling of a value of the profile. */
  function canonical(value, limit) {
    checkProfile(value, "", 1);
    const text = spelled(value);
    if (hasLoneSurrogate(value)) refuse("record.canonical.surrogate", { path: "." });
    const bytes = utf8(text).length;
    if (bytes > limit) refuse("record.canonical.long", { path: ".", bytes, limit });
    return text;
  }

  function hasLoneSurrogate(value) {
    if (typeof value === "string") return /[\ud800-\udfff]/u.test(value);
    if (value instanceof Map) return [...value].some(hasLoneSurrogate);
    return Array.isArray(value) && value.some(hasLoneSurrogate);
  }

  // --- F1 Keys

  const ED25519 = 0x01;
  const COSIGNATURE = 0x04;
  const MLDSA = 0x06; // read and never counted: not verified in this version
  const KEY_BYTES = { [ED25519]: 32, [COSIGNATURE]: 32, [MLDSA]: 1312 };
  // Unicode's White_Space, written out: a verdict may not depend on the machine's tables.
  const NOT_IN_NAMES = /[\u0000-\u0020\u007f+\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

  const isKeyName = (name) =>
    name !== "" && [...name].length <= KEY_NAME_LIMIT && name[0] !== "{" && !NOT_IN_NAMES.test(name);

  function parseKey(vkey) {
    const bad = () => refuse("record.refused.vkey", { vkey: [...vkey.slice(0, 160)].slice(0, 80).join("") });
    const parts = /^([^+]*)\+([^+]*)\+([^]*)$/.exec(vkey);
    if (!parts || vkey.length > NOTE_LIMIT) return bad();
    const [, name, id, coded] = parts;
    const material = unbase64(coded);
    if (!material || material.length < 2 || !isKeyName(name) || /[\ud800-\udfff]/u.test(name)) return bad();
    const [type, bytes] = [material[0], material.subarray(1)];
    if (bytes.length !== (KEY_BYTES[type] || bytes.length)) return bad();
    if (hex(sha256(utf8(`${name}\n`), material).subarray(0, 4)) !== id) return bad();
    return { name, id, type, bytes, vkey };
  }

  function checkSound(key, type) {
    if (key.type !== type || !isSound(key.bytes)) refuse("record.refused.weak_key", { name: key.name });
  }

  // --- Signed notes (C2SP signed-note)

  function parseNote(bytes) {
    if (bytes.length > NOTE_LIMIT) refuse("record.refused.note_long", { bytes: bytes.length, limit: NOTE_LIMIT });
    const whole = textOf(bytes);
    if (whole === null) refuse("record.refused.note");
    const cut = whole.lastIndexOf("\n\n");
    if (cut < 0 || !whole.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(whole)) refuse("record.refused.note");
    if (whole.length === cut + 2) refuse("record.refused.unsigned");
    const rows = whole.slice(cut + 2, -1).split("\n");
    const count = rows.length;
    if (count > SIGNATURES_LIMIT) refuse("record.refused.lines", { count, limit: SIGNATURES_LIMIT });
    return { text: whole.slice(0, cut + 1), lines: rows.map(parseLine) };
  }

  function parseLine(row) {
    const bad = () => refuse("record.refused.line", { line: [...row.slice(0, 120)].slice(0, 60).join("") });
    const parts = /^\u2014 ([^ ]*) ([^]*)$/.exec(row);
    if (!parts || !isKeyName(parts[1])) return bad();
    const data = fromBase64(parts[2]);
    if (data.length < 5) return bad();
    return { name: parts[1], id: hex(data.subarray(0, 4)), signature: data.subarray(4) };
  }

  const known = (keys, line) => keys.find((key) => key.name === line.name && key.id === line.id);

  function hold(line, key, text, check) {
    if (line.signature.length !== 64 || !check(key.bytes, line.signature, utf8(text))) {
      refuse("record.refused.signature", { name: line.name });
    }
  }

  // --- F5 Checkpoint and cosignatures

  function parseCheckpoint(text) {
    const lines = text.split("\n");
    if (lines.length !== 4 || lines[3] !== "" || !isKeyName(lines[0])) refuse("record.refused.checkpoint");
    const root = fromBase64(lines[2]);
    if (root.length !== 32) refuse("record.refused.checkpoint");
    return { origin: lines[0], size: decimal(lines[1]), root };
  }

  function openCheckpoint(bytes, logKey, check) {
    const { text, lines } = parseNote(bytes);
    const own = lines.filter((line) => known([logKey], line));
    own.forEach((line) => hold(line, logKey, text, check));
    if (!own.length) refuse("record.refused.unsigned");
    const head = parseCheckpoint(text);
    const { origin } = head;
    if (origin !== logKey.name) refuse("record.refused.origin", { origin, expected: logKey.name });
    return head;
  }

  /** Cosignatures by these witnesses, {key, seconds}, ascending by name and id; others are ignored. */
  function cosignatures(checkpoint, witnesses, check) {
    const { text, lines } = parseNote(checkpoint);
    parseCheckpoint(text);
    const found = [];
    for (const line of lines) {
      const key = known(witnesses.filter((witness) => witness.type === COSIGNATURE), line);
      if (!key) continue;
      const { name } = key;
      if (line.signature.length !== 72) refuse("record.refused.signature", { name });
      const seconds = BigInt(`0x${hex(line.signature.subarray(0, 8))}`);
      if (seconds < 1n || seconds >= 2n ** 63n) refuse("record.refused.cosignature_time", { name });
      const signed = `cosignature/v1\ntime ${seconds}\n${text}`;
      hold({ name, signature: line.signature.subarray(8) }, key, signed, check);
      if (found.some((one) => one.key.vkey === key.vkey)) refuse("record.refused.cosignature_twice", { name });
      found.push({ key, seconds: Number(seconds) });
    }
    return found.sort((a, b) => byCodePoint(a.key.name, b.key.name) || (a.key.id < b.key.id ? -1 : 1));
  }

  // --- Policies (C2SP tlog-policy). Words of a file are octets, one character each; those of a rule are characters.

  const POLICY_FORMS = {
    log: { form: "log VKEY [URL]", least: 2, most: 3, limit: 32, types: [ED25519, MLDSA] },
    witness: { form: "witness NAME VKEY [URL]", least: 3, most: 4, limit: 64, types: [COSIGNATURE, MLDSA] },
    group: { form: "group NAME all|any|K NAME…", least: 4, most: Infinity, limit: 64 },
    quorum: { form: "quorum NAME", least: 2, most: 2, limit: Infinity },
  };

  function parsePolicy(bytes) {
    if (bytes.length > 65536) refuse("record.refused.policy_long", { limit: 65536 });
    const data = latin1(bytes);
    if (data && !data.endsWith("\n")) refuse("record.refused.policy_newline");
    const { log, witness, quorum } = readPolicy(data.split("\n").slice(0, -1), Object.keys(POLICY_FORMS), () => false);
    return { logs: log, witnesses: witness, quorum, sha256: hex(sha256(bytes)) };
  }

  const parseRule = (rows) => readPolicy(rows, ["group", "quorum"], (name) => TOKEN.test(name)).quorum;

  function readPolicy(rows, keywords, isMember) {
    const sheet = { log: [], witness: [], group: [], quorum: [], placed: new Set() };
    const knows = (name) => isMember(name) || [...sheet.witness, ...sheet.group].some((one) => one.name === name);
    rows.forEach((row, i) => {
      const line = i + 1;
      if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(row)) refuse("record.refused.policy_character", { line });
      const words = row.replace(/^[ \t]+|[ \t]+$/g, "").split(/[ \t]+/);
      const [keyword] = words;
      if (keyword === "" || keyword.startsWith("#")) return;
      if (!keywords.includes(keyword)) refuse("record.refused.policy_keyword", { line, word: keyword.slice(0, 60) });
      const { form, least, most, limit } = POLICY_FORMS[keyword];
      if (words.length < least || words.length > most) refuse("record.refused.policy_form", { line, form });
      if (sheet[keyword].length >= limit) refuse("record.refused.policy_many", { line, keyword, limit });
      sheet[keyword].push(readPolicyLine[keyword](sheet, line, knows, words.slice(1)));
    });
    if (!sheet.quorum.length) refuse("record.refused.policy_quorum");
    return { ...sheet, quorum: { name: sheet.quorum[0], groups: sheet.group } };
  }

  function newName(name, line, knows) {
    if (name === "none" || knows(name)) refuse("record.refused.policy_name", { line, name: name.slice(0, 60) });
    return name;
  }

  const readPolicyLine = {
    log: (sheet, line, knows, [vkey]) => ({ key: policyKey("log", line, vkey, sheet) }),
    witness: (sheet, line, knows, [name, vkey]) => ({
      name: newName(name, line, knows),
      key: policyKey("witness", line, vkey, sheet),
    }),
    group(sheet, line, knows, [name, text, ...members]) {
      newName(name, line, knows);
      for (const member of members) {
        if (!knows(member)) refuse("record.refused.policy_unknown", { line, name: member.slice(0, 60) });
        if (sheet.placed.has(member)) refuse("record.refused.policy_placed", { line, name: member.slice(0, 60) });
        sheet.placed.add(member);
      }
      const count = members.length;
      const plain = /^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : 0;
      const threshold = text === "all" ? count : text === "any" ? 1 : plain;
      if (threshold < 1 || threshold > count) refuse("record.refused.policy_threshold", { line, text, count });
      return { name, threshold, members };
    },
    quorum(sheet, line, knows, [name]) {
      if (sheet.quorum.length) refuse("record.refused.policy_quorum_twice", { line });
      if (name !== "none" && !knows(name)) refuse("record.refused.policy_unknown", { line, name: name.slice(0, 60) });
      return name;
    },
  };

  function policyKey(keyword, line, word, sheet) {
    let key = null;
    try {
      key = parseKey(textOf(octets(word)) || "");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refuse("record.refused.policy_key", { line, vkey: word.slice(0, 60) });
    }
    const { name, type } = key;
    if (!POLICY_FORMS[keyword].types.includes(type)) refuse("record.refused.policy_type", { line, keyword, type });
    if (type !== MLDSA && !isSound(key.bytes)) refuse("record.refused.policy_weak", { line, name });
    const same = (one) => sameBytes(one.bytes, key.bytes) || (one.name === name && one.id === key.id);
    if (sheet[keyword].some((one) => same(one.key))) refuse("record.refused.policy_twice", { line, keyword, name });
    return key;
  }

  /** The members and groups that are there: a group is, when enough of its members are. */
  function reached({ groups }, present) {
    const there = new Set(present.filter((name) => !groups.some((group) => group.name === name)));
    for (const { name, threshold, members } of groups) {
      if (members.filter((member) => there.has(member)).length >= threshold) there.add(name);
    }
    return there;
  }

  const isMet = (quorum, present) => quorum.name === "none" || reached(quorum, present).has(quorum.name);

  /** What would have to come: a member where there is no choice, a group where there is one. */
  function lacking(quorum, present) {
    const there = reached(quorum, present);
    const wanting = (name) => {
      const group = quorum.groups.find((one) => one.name === name);
      if (there.has(name)) return [];
      return group && group.threshold === group.members.length ? group.members.flatMap(wanting) : [name];
    };
    return wanting(quorum.name).join(", ");
  }

  /** Refuse unless a log of the policy signed, the reader's own witness cosigned, and the quorum is met. */
  function checkPolicy(checkpoint, policy, own, check) {
    const { text, lines } = parseNote(checkpoint);
    const { origin } = parseCheckpoint(text);
    const keys = policy.logs.map((log) => log.key).filter((key) => key.name === origin && key.type === ED25519);
    if (!keys.length) refuse("record.refused.policy_log", { origin });
    const byLogs = lines.filter((line) => known(keys, line));
    byLogs.forEach((line) => hold(line, known(keys, line), text, check));
    if (!byLogs.length) refuse("record.refused.unsigned");
    const witnesses = policy.witnesses.map((witness) => witness.key);
    const found = cosignatures(checkpoint, own ? [...witnesses, own] : witnesses, check).map(({ key }) => key.vkey);
    if (own && !found.includes(own.vkey)) refuse("record.refused.own_witness", { name: own.name });
    const present = policy.witnesses.filter(({ key }) => found.includes(key.vkey)).map(({ name }) => name);
    if (!isMet(policy.quorum, present)) {
      refuse("record.refused.quorum", { lacking: looseTextOf(octets(lacking(policy.quorum, present))) });
    }
  }

  // --- F2 Entry

  const ACT = /^[a-z][a-z0-9_-]{0,39}(?:\.[a-z][a-z0-9_-]{0,39})?(?:\/[1-9][0-9]{0,2})?$/;
  const CASE = /^[A-Za-z0-9_-]{1,64}$/;
  const SID = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
  const MEMBERS = ["v", "log", "act", "at", "body", "case", "re", "sd", "seq", "prev"];
  const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

  function isInstant(text) {
    const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{3}Z$/.exec(text);
    if (!parts) return false;
    const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    const days = month === 2 && leap ? 29 : DAYS[month - 1] || 0;
    return year > 0 && day > 0 && day <= days && hour < 24 && minute < 60 && second < 60;
  }

  /** Read an entry's text: its members by name, those that are absent by their empty value. */
  function parseEntry(text) {
    const bytes = utf8(text).length;
    if (bytes > TEXT_LIMIT) refuse("record.canonical.long", { path: ".", bytes, limit: TEXT_LIMIT });
    const members = readJson(text);
    if (!(members instanceof Map) || members.get("v") !== 1) refuse("record.refused.version");
    const unknown = [...members.keys()].filter((name) => !MEMBERS.includes(name)).sort(byCodePoint);
    if (unknown.length) refuse("record.refused.member_unknown", { name: unknown[0].slice(0, 40) });
    checkForms(members);
    const empty = { case: "", prev: "", re: [], sd: [], body: new Map() };
    const absent = (name, value) =>
      value === null || value === "" || (name in empty && (value.size === 0 || value.length === 0));
    const kept = new Map([...members].filter(([name, value]) => !absent(name, value)));
    if (`${canonical(kept, TEXT_LIMIT - 1)}\n` !== text || Number(kept.get("at").slice(0, 4)) < 1000) {
      refuse("record.refused.spelling");
    }
    return { ...empty, ...Object.fromEntries(kept), sid: base64url(sha256(utf8(text))), text };
  }

  function checkForms(members) {
    const bad = (name) => refuse("record.refused.member_form", { name });
    const given = (name, empty) => (members.has(name) ? members.get(name) : empty);
    for (const name of ["log", "act", "at", "case", "prev"]) if (typeof given(name, "") !== "string") bad(name);
    for (const name of ["re", "sd"]) {
      const rows = given(name, []);
      if (!Array.isArray(rows) || !rows.every((row) => typeof row === "string")) bad(name);
    }
    if (!isInstant(given("at", ""))) bad("at");
    const { re, sd, seq } = { re: given("re", []), sd: given("sd", []), seq: given("seq", null) };
    const ascending = sd.every((row, i) => i === 0 || sd[i - 1] < row);
    const forms = {
      log: isKeyName(given("log", "")),
      act: ACT.test(given("act", "")),
      body: given("body", new Map()) instanceof Map,
      case: given("case", "") === "" || CASE.test(given("case", "")),
      re: re.length <= 512 && re.every((row) => SID.test(row)),
      sd: sd.length <= 256 && sd.length % 4 === 0 && ascending && sd.every((row) => SID.test(row)),
      seq: seq === null || ((typeof seq === "number" || typeof seq === "bigint") && seq >= 0),
      prev: given("prev", "") === "" || SID.test(given("prev", "")),
    };
    for (const [name, holds] of Object.entries(forms)) if (!holds) bad(name);
  }

  /** The names that signed an entry: every line is by one of the keys, in order, and holds. */
  function signersOf({ text, lines }, keys, check) {
    lines.forEach((line, i) => {
      const before = lines[i - 1];
      const order = before && (byCodePoint(before.name, line.name) || (before.id < line.id ? -1 : 1));
      if (order > 0) refuse("record.refused.line_order");
    });
    for (const line of lines) {
      const key = known(keys, line);
      if (!key) refuse("record.refused.unknown_key", { name: line.name, id: line.id });
      hold(line, key, text, check);
    }
    return lines.map((line) => line.name);
  }

  // --- F3 Disclosure

  function parseDisclosure(encoded) {
    const bad = () => refuse("record.refused.disclosure");
    if (encoded.length > (DISCLOSURE_LIMIT * 4) / 3 + 4) bad();
    const text = textOf(fromBase64url(encoded));
    try {
      const parts = text === null ? bad() : readJson(text);
      if (!Array.isArray(parts) || parts.length !== 3 || typeof parts[0] !== "string") bad();
      const [salt, name, value] = parts;
      if (fromBase64url(salt).length !== 16 || typeof name !== "string" || !isMemberName(name)) bad();
      if (canonical(parts, DISCLOSURE_LIMIT) !== text) bad();
      return { name, value, digest: base64url(sha256(utf8(encoded))) };
    } catch (error) {
      if (error instanceof Refused) bad();
      throw error;
    }
  }

  // --- F6 Proof of inclusion

  function parseProof(bytes) {
    const bad = () => refuse("record.refused.proof");
    const data = bytes.length > NOTE_LIMIT + 4096 ? bad() : latin1(bytes);
    const cut = data.indexOf("\n\n");
    if (cut < 0 || cut + 2 === data.length) bad();
    const [head, index, ...path] = data.slice(0, cut).split("\n");
    if (/[^\u0000-\u007f]/.test(data.slice(0, cut)) || head !== "c2sp.org/tlog-proof@v1") bad();
    if (index === undefined || !index.startsWith("index ") || path.length > 63) bad();
    const hashes = path.map(fromBase64);
    if (hashes.some((hash) => hash.length !== 32)) refuse("record.refused.hash_length");
    return { index: decimal(index.slice(6)), path: hashes, checkpoint: bytes.subarray(cut + 2) };
  }

  const node = (left, right) => sha256(Uint8Array.of(1), left, right);

  /** The root to which a path leads (RFC 9162 2.1.3.2). Halving by arithmetic: sizes go beyond 32 bits. */
  function inclusionRoot(index, size, leaf, path) {
    if (index >= size) refuse("record.refused.index", { index, size });
    const half = (number) => Math.floor(number / 2);
    let [fn, sn, root] = [index, size - 1, leaf];
    for (const step of path) {
      if (sn === 0) refuse("record.refused.path");
      if (fn % 2 === 1 || fn === sn) {
        root = node(step, root);
        while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
      } else {
        root = node(root, step);
      }
      [fn, sn] = [half(fn), half(sn)];
    }
    if (sn !== 0) refuse("record.refused.path");
    return root;
  }

  // --- F10 The charter and the key state: {holders, rules, witnesses}, each a Map

  const ADOPT = "charter.adopt";
  const RULED = ["entry.suppress", "value.erase"];
  const KEY_ACTS = [ADOPT, "key.enrol", "key.rotate", "key.revoke", "rule.set", "witness.set"];
  const TOKEN = /^[a-z][a-z0-9_-]{0,39}:(?:[a-z][a-z0-9_-]{0,39})?$/;

  const badKeys = () => refuse("record.refused.charter_keys");
  const signsAt = (holder, index) => holder.since <= index && index <= holder.until;
  const tokenOf = (holder) => `${holder.role}:${holder.component}`;

  /** A key as an act lists it. */
  function parseHolder(row, index) {
    const texts = row instanceof Map ? ["vkey", "role", "component", "custody"].map((name) => row.get(name)) : [null];
    if (!texts.every((text) => typeof text === "string")) badKeys();
    const [vkey, role, component, custody] = texts;
    const key = parseKey(vkey);
    checkSound(key, ED25519);
    const seal = row.has("seal") ? row.get("seal") : "";
    if (typeof seal !== "string" || (seal !== "" && fromBase64(seal).length !== 32)) badKeys();
    return { key, role, component, custody, since: index, until: Infinity, suspectFrom: Infinity };
  }

  function rowsOf(body, name) {
    const rows = body.has(name) ? body.get(name) : [];
    if (!Array.isArray(rows) || rows.length > KEYS_LIMIT || !rows.every((row) => row instanceof Map)) badKeys();
    return rows;
  }

  function parseHolders(body) {
    const holders = rowsOf(body, "keys").map((row) => parseHolder(row, 0));
    const names = new Set(holders.map((holder) => holder.key.name));
    const publics = new Set(holders.map((holder) => hex(holder.key.bytes)));
    if (!holders.length || names.size < holders.length || publics.size < holders.length) badKeys();
    return holders;
  }

  function parseWitness(row) {
    if (typeof row.get("component") !== "string" || typeof row.get("vkey") !== "string") badKeys();
    if (!/^[a-z][a-z0-9_-]{0,39}$/.test(row.get("component"))) badKeys();
    const key = parseKey(row.get("vkey"));
    checkSound(key, COSIGNATURE);
    return [row.get("component"), key];
  }

  /** No witness has another component's key or name, or a holder's. */
  function distinct(state) {
    const keys = [...state.witnesses.values(), ...[...state.holders.values()].map((holder) => holder.key)];
    [...state.witnesses.values()].forEach((key, place) => {
      const twin = keys.slice(place + 1).some((one) => one.name === key.name || sameBytes(one.bytes, key.bytes));
      if (twin) refuse("record.refused.enrolled", { name: key.name });
    });
    return state;
  }

  function parseNeed(row) {
    const lines = row.get("need");
    if (!Array.isArray(lines) || !lines.every((line) => typeof line === "string")) badKeys();
    return parseRule(lines);
  }

  /** The keys that may sign the entry at an index: those of the state, and those that the entry itself brings. */
  function keysFor(state, index, { act, body }) {
    if (!state) return parseHolders(body).map((holder) => holder.key);
    const keys = [...state.holders.values()].filter((holder) => signsAt(holder, index)).map((holder) => holder.key);
    if (act !== "key.enrol" && act !== "key.rotate") return keys;
    const { key } = parseHolder(body.get("key"), index);
    return keys.some((one) => one.name === key.name) ? keys : [...keys, key];
  }

  function checkRule(name, quorum, state, index, signers) {
    const holders = signers.map((signer) => state.holders.get(signer)).filter((one) => one && signsAt(one, index));
    const tokens = holders.map(tokenOf);
    if (!isMet(quorum, tokens)) refuse("record.refused.hands", { name, lacking: lacking(quorum, tokens) });
  }

  function checkNeeds(act, state, index, signers) {
    if (!state.rules.has(act)) refuse("record.refused.no_rule", { name: act });
    checkRule(act, state.rules.get(act), state, index, signers);
  }

  /** The key state that the charter makes. */
  function founded({ body }, signers) {
    const holders = new Map(parseHolders(body).map((holder) => [holder.key.name, holder]));
    const roots = [...holders.keys()].filter((name) => holders.get(name).role === "root").sort(byCodePoint);
    const unsigned = roots.find((name) => !signers.includes(name));
    if (unsigned !== undefined) refuse("record.refused.charter_unsigned", { name: unsigned });
    const rules = new Map();
    for (const row of rowsOf(body, "rules")) {
      if (typeof row.get("act") !== "string") badKeys();
      rules.set(row.get("act"), parseNeed(row));
    }
    const hours = body.has("absent_hours") ? body.get("absent_hours") : 0;
    if (typeof hours !== "number" || hours < 0) badKeys();
    return distinct({ holders, rules, witnesses: new Map(rowsOf(body, "witnesses").map(parseWitness)) });
  }

  /** Change the key state by a key act whose signatures hold. */
  function fold(state, index, { act, body, log }, signers) {
    if (act === ADOPT) refuse("record.refused.charter_act", { act, expected: `${ADOPT} (0)` });
    const brings = act === "key.enrol" || act === "key.rotate";
    if (brings && parseHolder(body.get("key"), index).key.name === log) refuse("record.refused.enrolled", { name: log });
    if (act !== "key.rotate") checkNeeds(act, state, index, signers);
    if (act === "key.enrol") {
      enrol(state, parseHolder(body.get("key"), index), signers);
    } else if (act === "key.rotate") {
      const [holder, old] = [parseHolder(body.get("key"), index), enrolled(state, index, body.get("old"))];
      const { name } = holder.key;
      const same = holder.role === old.role && holder.component === old.component;
      if (!same) refuse("record.refused.rotated_role", { name });
      if (!signers.includes(old.key.name)) refuse("record.refused.not_own", { name: old.key.name });
      enrol(state, holder, signers);
      old.until = index;
    } else if (act === "key.revoke") {
      const [holder, suspect] = [enrolled(state, index, body.get("key")), body.get("suspect_from")];
      const form = suspect === undefined || (typeof suspect === "number" && suspect >= 0 && suspect <= index);
      if (!form) refuse("record.refused.member_form", { name: "suspect_from" });
      Object.assign(holder, { until: index, suspectFrom: suspect === undefined ? Infinity : suspect });
    } else if (act === "rule.set") {
      const [name, need] = [body.get("act"), parseNeed(body)];
      if (typeof name !== "string") refuse("record.refused.member_form", { name: "act" });
      if (state.rules.has(name)) checkNeeds(name, state, index, signers);
      checkRule(name, need, state, index, signers);
      state.rules.set(name, need);
    } else {
      state.witnesses.set(...parseWitness(body));
    }
    distinct(state);
  }

  function enrol(state, holder, signers) {
    const { name, bytes } = holder.key;
    const taken = [...state.holders.values()].some(({ key }) => key.name === name || sameBytes(key.bytes, bytes));
    if (taken || state.holders.size >= KEYS_LIMIT) refuse("record.refused.enrolled", { name });
    if (!signers.includes(name)) refuse("record.refused.not_own", { name });
    state.holders.set(name, holder);
  }

  function enrolled(state, index, name) {
    const holder = state.holders.get(name);
    return holder && signsAt(holder, index) ? holder : refuse("record.refused.not_enrolled", { name: String(name) });
  }

  // --- Step 1: the container. Members are views into the file; packing them again is compared piece by piece.

  const MEMBER = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
  const CRC = Int32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n;
  });

  function* crcOf(bytes, progress) {
    let crc = -1;
    for (let from = 0; from < bytes.length; from += CHUNK) {
      const end = Math.min(from + CHUNK, bytes.length);
      for (let i = from; i < end; i++) crc = CRC[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
      progress.done += end - from;
      yield progress;
    }
    return ~crc >>> 0;
  }

  function takenOut(data) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const members = new Map();
    const starts = new Map();
    let place = 0;
    const bad = () => refuse("record.refused.container", { offset: place });
    while (place + 4 <= data.length && view.getUint32(place) === 0x504b0304 && members.size < MEMBERS_LIMIT) {
      if (place + 30 > data.length) bad();
      const nameEnd = place + 30 + view.getUint16(place + 26, true);
      const begin = nameEnd + view.getUint16(place + 28, true);
      const end = begin + view.getUint32(place + 22, true);
      const name = latin1(data.subarray(place + 30, nameEnd));
      if (end > data.length || members.has(name) || !MEMBER.test(name)) bad();
      members.set(name, data.subarray(begin, end));
      starts.set(name, place);
      place = end;
    }
    return { members, starts };
  }

  /** Little-endian fields, given as [bytes, value] pairs. */
  function fields(...pairs) {
    const byte = (value, i) => Math.floor(value / 2 ** (8 * i)) & 255;
    return pairs.flatMap(([size, value]) => Array.from({ length: size }, (_, i) => byte(value, i)));
  }

  /** The pieces of the container of these members, in their order (APPNOTE 4.3: local headers, directory, its end). */
  function* packed(members, progress) {
    const directory = [];
    let offset = 0;
    for (const name of [...members.keys()].sort()) {
      const data = members.get(name);
      const size = data.length;
      const crc = yield* crcOf(data, progress);
      // version needed 2.0, no flags, stored, 00:00 on 1980-01-01, CRC, sizes, length of the name, no extra field
      const sizes = [[4, crc], [4, size], [4, size], [2, name.length], [2, 0]];
      const shared = fields([2, 20], [2, 0], [2, 0], [2, 0], [2, 0x21], ...sizes);
      yield { piece: joined(octets("PK\u0003\u0004"), shared, octets(name)) };
      yield { piece: data };
      // made by Unix 2.0; no comment, disk 0, no internal attributes, a regular file of mode 644, where it begins
      const rest = fields([2, 0], [2, 0], [2, 0], [4, 0o100644 * 65536], [4, offset]);
      directory.push(joined(octets("PK\u0001\u0002"), fields([2, 0x314]), shared, rest, octets(name)));
      offset += 30 + name.length + size;
    }
    const [count, length] = [members.size, directory.reduce((sum, one) => sum + one.length, 0)];
    yield* directory.map((piece) => ({ piece }));
    const end = fields([2, 0], [2, 0], [2, count], [2, count], [4, length], [4, offset], [2, 0]);
    yield { piece: joined(octets("PK\u0005\u0006"), end) };
  }

  function* unpacked(data, progress) {
    if (data.length > CONTAINER_LIMIT) refuse("record.refused.container_long", { limit: CONTAINER_LIMIT });
    const { members, starts } = takenOut(data);
    const long = [...members.keys()].sort().find((name) => name.length > MEMBER_NAME_LIMIT);
    if (long) refuse("record.refused.member_name", { name: long.slice(0, 80) });
    let offset = 0;
    for (const step of packed(members, progress)) {
      const { piece } = step;
      if (!piece) {
        yield step;
      } else if (piece.byteOffset !== data.byteOffset + offset || piece.buffer !== data.buffer) {
        const wrong = piece.findIndex((byte, i) => data[offset + i] !== byte);
        if (wrong >= 0) different(members, starts, offset + wrong);
      }
      offset += piece ? piece.length : 0;
    }
    if (offset !== data.length) different(members, starts, offset);
    return members;
  }

  /** The refusal that names the member in which two containers first differ. */
  function different(members, starts, offset) {
    for (const [member, start] of starts) {
      const bytes = members.get(member);
      if (offset >= start && offset < start + 30 + member.length + bytes.length) {
        refuse("record.refused.member_bytes", { member, act: actIn(bytes) });
      }
    }
    refuse("record.refused.container", { offset });
  }

  /** The act that damaged bytes still claim: for naming the place, never for a verdict. */
  function actIn(bytes) {
    const match = /[{,]"act":"([a-z0-9_./-]{1,90})"/.exec(latin1(bytes.subarray(0, ENTRY_LIMIT)));
    return match ? match[1] : "";
  }

  // --- Steps 2 and 3: index and origin

  const INDEX = "DOSSIER.json";
  const KINDS = new RegExp(
    "^(?:DOSSIER\\.json|checkpoint|keys|verify\\.html|verify\\.py|VERIFY\\.[a-z]{2,3}\\.txt" +
      "|entries/[0-9]{8,16}\\.(?:note|tlog-proof)|disclosures/[0-9]{8,16}\\.jsonl" +
      "|agreement/[0-9a-f]{64}\\.json|evidence/[0-9a-f]{64})$",
  );

  function parseIndex(bytes) {
    const bad = () => refuse("record.refused.index_file", { member: INDEX });
    const text = textOf(bytes);
    let index = null;
    try {
      index = text === null ? bad() : readJson(text);
    } catch (error) {
      if (error instanceof Refused) bad();
      throw error;
    }
    if (!(index instanceof Map) || `${spelled(index)}\n` !== text || hasLoneSurrogate(index)) bad();
    if ([...index.keys()].join() !== "case,exercise,files,origin,size,v" || index.get("v") !== 1) bad();
    const { case: about, exercise, files, origin, size } = Object.fromEntries(index);
    const plain = typeof about === "string" && typeof origin === "string" && typeof exercise === "boolean";
    const whole = typeof size === "number" || typeof size === "bigint";
    if (!plain || !whole || !(files instanceof Map)) bad();
    if (![...files].flat().every((one) => typeof one === "string")) bad();
    return { case: about, exercise, files, origin, size };
  }

  function* checkIndex(members, progress) {
    if (!members.has(INDEX)) refuse("record.refused.missing", { name: INDEX });
    const index = parseIndex(members.get(INDEX));
    for (const [member, bytes] of members) {
      if (!KINDS.test(member)) refuse("record.refused.unknown_member", { member });
      const listed = member === INDEX || index.files.has(member);
      if (!listed) refuse("record.refused.unlisted", { member, act: actIn(bytes) });
    }
    for (const [member, digest] of index.files) {
      if (!members.has(member) || member === INDEX) refuse("record.refused.missing", { name: member.slice(0, 200) });
      const bytes = members.get(member);
      if ((yield* digestOf(bytes, progress)) !== digest) refuse("record.refused.hash", { member, act: actIn(bytes) });
    }
    for (const name of ["checkpoint", "keys"]) if (!members.has(name)) refuse("record.refused.missing", { name });
    return index;
  }

  function* digestOf(bytes, progress) {
    const hash = new Sha256();
    for (let from = 0; from < bytes.length; from += CHUNK) {
      const part = bytes.subarray(from, from + CHUNK);
      hash.update(part);
      progress.done += part.length;
      yield progress;
    }
    return hex(hash.digest());
  }

  function checkOrigin({ origin, exercise }, asked) {
    const ends = origin.endsWith("/exercise");
    if (exercise !== ends) refuse("record.refused.exercise_flag", { member: INDEX, origin });
    if (exercise && !asked) refuse("record.refused.exercise", { origin });
    if (!exercise && asked) refuse("record.refused.not_exercise", { origin });
  }

  // --- Step 4: the checkpoint

  function checkHead(members, index, { logKey, policy, own, check }) {
    let expected = logKey;
    if (!expected && policy && policy.logs.length) {
      const log = policy.logs.find((one) => one.key.name === index.origin);
      expected = log ? log.key : refuse("record.refused.log_key", { name: index.origin, member: "keys" });
    }
    const key = at({ member: "keys" }, () => {
      const first = parseKey(looseTextOf(members.get("keys")).split("\n")[0]);
      if (expected && expected.vkey !== first.vkey) refuse("record.refused.log_key", { name: expected.name });
      checkSound(first, ED25519);
      return first;
    });
    const checkpoint = members.get("checkpoint");
    const head = at({ member: "checkpoint" }, () => openCheckpoint(checkpoint, key, check));
    const same = head.origin === index.origin && head.size === index.size;
    if (!same) refuse("record.refused.index_head", { member: INDEX });
    at({ member: "checkpoint" }, () => {
      if (policy) checkPolicy(checkpoint, policy, own, check);
      else if (own && !cosignatures(checkpoint, [own], check).length) {
        refuse("record.refused.own_witness", { name: own.name });
      }
    });
    return { key, head };
  }

  // --- Steps 5 to 7: charter, entries and their inclusion, in the order of the log

  const numbered = (folder, place, ending) => `${folder}/${place}.${ending}`;

  /** The numbers of all entries as their files spell them, ascending. */
  function placesOf(members) {
    const places = { note: new Set(), "tlog-proof": new Set(), jsonl: new Set() };
    for (const member of members.keys()) {
      const parts = /^(?:entries|disclosures)\/([0-9]+)\.(.+)$/.exec(member);
      if (!parts) continue;
      if (parts[1].length > 8 && parts[1][0] === "0") refuse("record.refused.unknown_member", { member });
      places[parts[2]].add(parts[1]);
    }
    const ascending = (set) => [...set].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    const { note, jsonl, "tlog-proof": proof } = places;
    const alone = [...note, ...proof, ...jsonl].filter((place) => !note.has(place) || !proof.has(place));
    if (alone.length) refuse("record.refused.pair", { index: Number(ascending(new Set(alone))[0]) });
    return ascending(note);
  }

  function* checkEntries(members, { key, head }, check, progress) {
    if (!members.has("entries/00000000.note")) refuse("record.refused.charter");
    const entries = [];
    let state = null;
    for (const place of placesOf(members)) {
      const [index, member] = [Number(place), numbered("entries", place, "note")];
      const bytes = members.get(member);
      const { note, entry, keys } = at({ member, act: actIn(bytes) }, () => {
        const note = parseNote(bytes);
        const entry = parseEntry(note.text);
        if (index === 0 && entry.act !== ADOPT) {
          refuse("record.refused.charter_act", { act: entry.act, expected: ADOPT });
        }
        const keys = keysFor(state, index, entry);
        if (keys.some((one) => one.name === key.name && one.vkey !== key.vkey)) {
          refuse("record.refused.log_key", { name: key.name });
        }
        if (bytes.length > ENTRY_LIMIT) refuse("record.refused.note_long", { bytes: bytes.length, limit: ENTRY_LIMIT });
        return { note, entry, keys };
      });
      const where = { member, act: entry.act, sid: entry.sid };
      const signers = at(where, () => signersOf(note, keys, check));
      if (entry.log !== head.origin) {
        refuse("record.refused.origin", { ...where, origin: entry.log, expected: head.origin });
      }
      const proof = numbered("entries", place, "tlog-proof");
      at({ ...where, member: proof }, () => checkInclusion(members, proof, bytes, place, head));
      at(where, () => {
        if (!state) state = founded(entry, signers);
        else if (KEY_ACTS.includes(entry.act)) fold(state, index, entry, signers);
        else if (RULED.includes(entry.act)) checkNeeds(entry.act, state, index, signers);
      });
      entries.push({ ...entry, index, place, signers });
      progress.done += ENTRY_WORK;
      yield progress;
    }
    const vkeys = new Set([key.vkey, ...[...state.holders.values()].map((holder) => holder.key.vkey)]);
    const lines = [...vkeys].map((vkey) => `${vkey}\n`).join("");
    if (!sameBytes(members.get("keys"), utf8(lines))) refuse("record.refused.key_lines", { member: "keys" });
    return { entries, state };
  }

  function checkInclusion(members, member, note, place, head) {
    const proof = parseProof(members.get(member));
    if (!sameBytes(proof.checkpoint, members.get("checkpoint"))) refuse("record.refused.other_checkpoint");
    const { index } = proof;
    const root = inclusionRoot(index, head.size, sha256(Uint8Array.of(0), note), proof.path);
    if (!sameBytes(root, head.root)) refuse("record.refused.inclusion", { index, size: head.size });
    if (BigInt(place) !== BigInt(index)) refuse("record.refused.place", { index });
  }

  function checkCase(about, entries) {
    if (about !== "" && !entries.some((entry) => entry.case === about || entry.sid === about)) {
      refuse("record.refused.case", { case: about.slice(0, 80), member: INDEX });
    }
  }

  // --- Steps 8 to 11: disclosures, files, witnesses, manifest

  function released(members, { place, act, sid, sd }) {
    const member = numbered("disclosures", place, "jsonl");
    if (!members.has(member)) return [];
    return at({ member, act, sid }, () => {
      const lines = latin1(members.get(member)).split("\n");
      const ended = lines.pop() === "";
      if (!ended || !lines.length || new Set(lines).size < lines.length) refuse("record.refused.disclosure");
      const values = lines.map(parseDisclosure);
      if (!values.every((value) => sd.includes(value.digest))) refuse("record.refused.uncommitted");
      return values;
    });
  }

  /** The files of a folder, whose names are to be the digests that step 2 has compared. */
  function filesIn(members, pattern, digests) {
    const names = [...members.keys()].filter((member) => pattern.test(member));
    return names.map((member) => {
      const sha256 = pattern.exec(member)[1];
      if (digests.get(member) !== sha256) refuse("record.refused.file_name", { member });
      return { sha256, bytes: members.get(member).length };
    });
  }

  function checkManifest(about, entries) {
    const last = entries.filter((entry) => about !== "" && entry.act === "case.manifest" && entry.case === about).pop();
    if (!last) return null;
    const listed = last.body.get("entries");
    if (!Array.isArray(listed) || !listed.every((index) => typeof index === "number")) {
      const member = numbered("entries", last.place, "note");
      refuse("record.refused.member_form", { name: "entries", member, act: last.act, sid: last.sid });
    }
    const sealed = last.released.filter((one) => one.name === "sealed" && typeof one.value === "number");
    const wanted = new Set([...listed, ...sealed.map((one) => one.value)]);
    const there = new Set(entries.map((entry) => entry.index));
    const absent = [...wanted].filter((index) => !there.has(index));
    if (absent.length) {
      const [index, count] = [Math.min(...absent), absent.length];
      refuse("record.refused.omitted", { index, count, manifest: last.index });
    }
    return { index: last.index, listed: wanted.size };
  }

  // --- The verdict

  const ENTRY_WORK = 200000; // of progress, in bytes hashed: about two signatures

  /** All steps on a dossier's bytes, as a generator of {done, total}; it returns the verdict and throws nothing. */
  function* verifying(data, given = {}) {
    const { logKey = null, exercise = false, policy = null, own = null, check = verifySignature } = given;
    const progress = { done: 0, total: 2 * data.length };
    let step = "container";
    try {
      const members = yield* unpacked(data, progress);
      progress.total += ENTRY_WORK * [...members.keys()].filter((name) => name.endsWith(".note")).length;
      step = "index";
      const index = yield* checkIndex(members, progress);
      step = "origin";
      checkOrigin(index, exercise);
      step = "checkpoint";
      const { key, head } = checkHead(members, index, { logKey, policy, own, check });
      step = "entries";
      const { entries, state } = yield* checkEntries(members, { key, head }, check, progress);
      checkCase(index.case, entries);
      step = "disclosures";
      for (const entry of entries) {
        entry.released = released(members, entry);
        yield progress;
      }
      step = "files";
      const agreements = filesIn(members, /^agreement\/([0-9a-f]{64})\.json$/, index.files);
      const evidence = filesIn(members, /^evidence\/([0-9a-f]{64})$/, index.files);
      step = "witnesses";
      const witnesses = [...state.witnesses.values()];
      const cosigned = at({ member: "checkpoint" }, () => cosignatures(members.get("checkpoint"), witnesses, check));
      step = "manifest";
      const manifest = checkManifest(index.case, entries);
      return {
        ...{ accepted: true, code: "", values: {}, case: index.case, exercise: index.exercise, manifest },
        ...{ origin: head.origin, size: head.size, logKey: key.vkey, keysFromDossier: !logKey && !policy },
        policySha256: policy ? policy.sha256 : "",
        cosigned: cosigned.map((one) => shownCosignature(one, state)),
        entries: entries.map((entry) => shownEntry(entry, state)),
        suspects: [...state.holders.values()].filter((holder) => holder.suspectFrom < Infinity).map(shownSuspect),
        ...namers(entries, { agreements, evidence }),
      };
    } catch (error) {
      if (error instanceof Refused) return { accepted: false, step, code: error.code, values: error.values };
      return { accepted: false, step, code: "", values: { why: String(error) } }; // a fault of this file: no verdict
    }
  }

  const shownSuspect = ({ key, suspectFrom, until }) => ({ name: key.name, from: suspectFrom, until });

  function shownCosignature({ key: { name }, seconds }, state) {
    return { name, seconds, component: [...state.witnesses].find(([, key]) => key.name === name)[0] };
  }

  function shownEntry({ index, act, at: time, sid, case: about, text, sd, released: values, signers }, state) {
    const signed = signers.map((name) => {
      const { role, component, custody, suspectFrom } = state.holders.get(name);
      return { name, role, component, custody, suspect: index >= suspectFrom };
    });
    const shown = values.map(({ name, value }) => ({ name, value: plain(value) }));
    return { index, act, at: time, sid, case: about, text, committed: sd.length, released: shown, signers: signed };
  }

  const plain = (value) => (typeof value === "string" ? value : spelled(value));

  /** The files, each with the indices of the entries that name it, in their text or in a released value. */
  function namers(entries, { agreements, evidence }) {
    const named = new Map([...agreements, ...evidence].map((file) => [file.sha256, new Set()]));
    for (const { index, text, released: values } of entries) {
      for (const words of [text, ...values.map(({ value }) => spelled(value))]) {
        for (const [, sha] of words.matchAll(/"([0-9a-f]{64})"/g)) if (named.has(sha)) named.get(sha).add(index);
      }
    }
    const withNames = (file) => ({ ...file, named: [...named.get(file.sha256)] });
    return { agreements: agreements.map(withNames), evidence: evidence.map(withNames) };
  }

  function verifyDossier(data, options) {
    const steps = verifying(data, options);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  const parts = { readJson, canonical, parseEntry, parseDisclosure, parseProof, parseNote, inclusionRoot }; // for tests
  return { Refused, parseKey, parsePolicy, verifying, verifyDossier, parts };
})();

if (typeof module !== "undefined") module.exports = { ...tigaVerify, ...tigaBytes };
