/*
 * Bytes and their texts (UTF-8, base64), SHA-256, SHA-512 (FIPS 180-4) and Ed25519 (RFC 8032) in plain JavaScript: a
 * page opened from a file has not always WebCrypto, and browsers differ on Ed25519. Only public data is handled, so the
 * time that an operation takes may vary.
 *
 * Ed25519 is verified without its ambiguities (docs/record.md, F1): A and R canonical and not of small order, S less
 * than the group's order, no cofactor, R compared byte for byte.
 *
 * Trust: whoever can change this file can make a forged signature pass.
 */
"use strict";

const tigaBytes = (() => {
  // --- Bytes and texts

  const encoder = new TextEncoder();
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const loose = new TextDecoder("utf-8", { ignoreBOM: true });

  const utf8 = (text) => encoder.encode(text);

  /** The text of UTF-8 bytes, or null where they are none. */
  function textOf(bytes) {
    try {
      return strict.decode(bytes);
    } catch {
      return null;
    }
  }

  const looseTextOf = (bytes) => loose.decode(bytes);

  /** One character for each byte, and back; what is not ASCII matches no pattern of ours. */
  function latin1(bytes) {
    let text = "";
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return text;
  }

  const octets = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

  const sameBytes = (one, two) => one.length === two.length && one.every((byte, place) => byte === two[place]);

  /** Order by code points, which is that of UTF-8 bytes; JavaScript's own order is by UTF-16. */
  function byCodePoint(one, two) {
    const a = utf8(one);
    const b = utf8(two);
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
    return a.length - b.length;
  }

  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  function based(bytes, letters, pad) {
    let text = "";
    for (let i = 0; i < bytes.length; i += 3) {
      const bits = (bytes[i] << 16) | ((bytes[i + 1] || 0) << 8) | (bytes[i + 2] || 0);
      const held = Math.min(bytes.length - i, 3);
      for (let j = 0; j < 4; j++) text += j <= held ? letters[(bits >> (18 - 6 * j)) & 63] : pad;
    }
    return text;
  }

  const base64 = (bytes) => based(bytes, ALPHABET + "+/", "=");
  const base64url = (bytes) => based(bytes, ALPHABET + "-_", "");

  /** The bytes of a base64 text, or null unless encoding them gives the same text again. */
  function unbased(text, letters, encode) {
    const digits = text.replace(/={1,2}$/, "");
    const bytes = new Uint8Array(Math.floor((digits.length * 6) / 8));
    let bits = 0;
    let held = 0;
    let place = 0;
    for (const letter of digits) {
      const value = letters.indexOf(letter);
      if (value < 0) return null;
      bits = ((bits << 6) | value) & 0xffff;
      held += 6;
      if (held >= 8) {
        held -= 8;
        bytes[place++] = (bits >> held) & 255;
      }
    }
    return encode(bytes) === text ? bytes : null;
  }

  const unbase64 = (text) => unbased(text, ALPHABET + "+/", base64);
  const unbase64url = (text) => unbased(text, ALPHABET + "-_", base64url);

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  /** Byte arrays, or arrays of bytes, one after the other. */
  function joined(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let place = 0;
    for (const part of parts) {
      whole.set(part, place);
      place += part.length;
    }
    return whole;
  }

  // --- SHA-256 and SHA-512 (FIPS 180-4). Their constants are fractions of the roots of the first primes.

  const PRIMES = [];
  for (let n = 2; PRIMES.length < 80; n++) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);

  /** The first 64 bits after the point of a prime's square root (degree 2) or cube root (degree 3). */
  function fraction(prime, degree) {
    const k = BigInt(degree);
    const radicand = BigInt(prime) << (64n * k);
    let root = 1n << 70n; // Newton's method from above, for whole numbers
    for (;;) {
      const next = ((k - 1n) * root + radicand / root ** (k - 1n)) / k;
      if (next >= root) return BigInt.asUintN(64, root);
      root = next;
    }
  }

  const halves = (values) => Int32Array.from(values.flatMap((value) => [value >> 32n, value & 0xffffffffn]), Number);
  const ROUNDS = halves(PRIMES.map((prime) => fraction(prime, 3)));
  const START = halves(PRIMES.slice(0, 8).map((prime) => fraction(prime, 2)));

  class Sha256 {
    constructor() {
      this.state = Int32Array.from({ length: 8 }, (_, i) => START[2 * i]);
      this.words = new Int32Array(64);
      this.rest = new Uint8Array(64);
      this.length = 0;
    }

    update(bytes) {
      let place = 0;
      while (place < bytes.length) {
        const held = this.length % 64;
        if (held || bytes.length - place < 64) {
          const part = bytes.subarray(place, place + 64 - held);
          this.rest.set(part, held);
          place += part.length;
          this.length += part.length;
          if (held + part.length === 64) this.block(this.rest, 0);
        } else {
          this.block(bytes, place);
          place += 64;
          this.length += 64;
        }
      }
      return this;
    }

    digest() {
      const bits = this.length * 8;
      const end = new Uint8Array((this.length % 64 < 56 ? 64 : 128) - (this.length % 64));
      end[0] = 0x80;
      const view = new DataView(end.buffer);
      view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
      view.setUint32(end.length - 4, bits >>> 0);
      this.update(end);
      const digest = new Uint8Array(32);
      this.state.forEach((word, i) => new DataView(digest.buffer).setInt32(4 * i, word));
      return digest;
    }

    block(bytes, from) {
      const w = this.words;
      for (let i = 0; i < 16; i++) {
        const p = from + 4 * i;
        w[i] = (bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3];
      }
      for (let i = 16; i < 64; i++) {
        const x = w[i - 15];
        const y = w[i - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
      }
      const state = this.state;
      let a = state[0];
      let b = state[1];
      let c = state[2];
      let d = state[3];
      let e = state[4];
      let f = state[5];
      let g = state[6];
      let h = state[7];
      for (let i = 0; i < 64; i++) {
        const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[2 * i] + w[i]) | 0;
        const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g;
        g = f;
        f = e;
        e = (d + t1) | 0;
        d = c;
        c = b;
        b = a;
        a = (t1 + t2) | 0;
      }
      state[0] += a; // an Int32Array wraps by itself
      state[1] += b;
      state[2] += c;
      state[3] += d;
      state[4] += e;
      state[5] += f;
      state[6] += g;
      state[7] += h;
    }
  }

  const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), new Sha256()).digest();

  /** SHA-512 in halves of 32 bits: high and low words alternate in every array. */
  function sha512(message) {
    const length = message.length;
    const padded = new Uint8Array((length + 17 + 127) & ~127);
    padded.set(message);
    padded[length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(padded.length - 4, (length << 3) >>> 0);
    const state = Int32Array.from(START);
    const w = new Int32Array(160);
    for (let from = 0; from < padded.length; from += 128) {
      for (let i = 0; i < 32; i++) w[i] = view.getInt32(from + 4 * i);
      sha512Block(state, w);
    }
    const digest = new Uint8Array(64);
    state.forEach((word, i) => new DataView(digest.buffer).setInt32(4 * i, word));
    return digest;
  }

  function sha512Block(state, w) {
    for (let i = 32; i < 160; i += 2) {
      const [xh, xl, yh, yl] = [w[i - 30], w[i - 29], w[i - 4], w[i - 3]];
      const s0h = ((xh >>> 1) | (xl << 31)) ^ ((xh >>> 8) | (xl << 24)) ^ (xh >>> 7);
      const s0l = ((xl >>> 1) | (xh << 31)) ^ ((xl >>> 8) | (xh << 24)) ^ ((xl >>> 7) | (xh << 25));
      const s1h = ((yh >>> 19) | (yl << 13)) ^ ((yl >>> 29) | (yh << 3)) ^ (yh >>> 6);
      const s1l = ((yl >>> 19) | (yh << 13)) ^ ((yh >>> 29) | (yl << 3)) ^ ((yl >>> 6) | (yh << 26));
      const low = (w[i - 31] >>> 0) + (s0l >>> 0) + (w[i - 13] >>> 0) + (s1l >>> 0);
      w[i] = (w[i - 32] + s0h + w[i - 14] + s1h + Math.floor(low / 2 ** 32)) | 0;
      w[i + 1] = low | 0;
    }
    let [ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl] = state;
    for (let i = 0; i < 160; i += 2) {
      const s1h = ((eh >>> 14) | (el << 18)) ^ ((eh >>> 18) | (el << 14)) ^ ((el >>> 9) | (eh << 23));
      const s1l = ((el >>> 14) | (eh << 18)) ^ ((el >>> 18) | (eh << 14)) ^ ((eh >>> 9) | (el << 23));
      const fl1 = (el & fl) ^ (~el & gl);
      const low1 = (hl >>> 0) + (s1l >>> 0) + (fl1 >>> 0) + (ROUNDS[i + 1] >>> 0) + (w[i + 1] >>> 0);
      const t1h = (hh + s1h + ((eh & fh) ^ (~eh & gh)) + ROUNDS[i] + w[i] + Math.floor(low1 / 2 ** 32)) | 0;
      const t1l = low1 | 0;
      const s0h = ((ah >>> 28) | (al << 4)) ^ ((al >>> 2) | (ah << 30)) ^ ((al >>> 7) | (ah << 25));
      const s0l = ((al >>> 28) | (ah << 4)) ^ ((ah >>> 2) | (al << 30)) ^ ((ah >>> 7) | (al << 25));
      const low2 = (s0l >>> 0) + (((al & bl) ^ (al & cl) ^ (bl & cl)) >>> 0) + (t1l >>> 0);
      const t2h = (s0h + ((ah & bh) ^ (ah & ch) ^ (bh & ch)) + t1h + Math.floor(low2 / 2 ** 32)) | 0;
      [hh, hl, gh, gl, fh, fl] = [gh, gl, fh, fl, eh, el];
      const low3 = (dl >>> 0) + (t1l >>> 0);
      eh = (dh + t1h + Math.floor(low3 / 2 ** 32)) | 0;
      el = low3 | 0;
      [dh, dl, ch, cl, bh, bl] = [ch, cl, bh, bl, ah, al];
      ah = t2h;
      al = low2 | 0;
    }
    const after = [ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl];
    for (let i = 0; i < 16; i += 2) {
      const low = (state[i + 1] >>> 0) + (after[i + 1] >>> 0);
      state[i] = (state[i] + after[i] + Math.floor(low / 2 ** 32)) | 0;
      state[i + 1] = low | 0;
    }
  }

  // --- F1 Ed25519 without its ambiguities (RFC 8032). Only public data is handled, so time may vary.

  const P = 2n ** 255n - 19n;
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const mod = (a) => {
    const r = a % P;
    return r < 0n ? r + P : r;
  };

  function power(base, exponent) {
    let result = 1n;
    for (const bit of exponent.toString(2)) {
      result = (result * result) % P;
      if (bit === "1") result = (result * base) % P;
    }
    return result;
  }

  function inverse(a) {
    let [old, now, x, y] = [mod(a), P, 1n, 0n];
    while (now) {
      const quotient = old / now;
      [old, now, x, y] = [now, old - quotient * now, y, x - quotient * y];
    }
    return mod(x);
  }

  const D = mod(-121665n * inverse(121666n));
  const D2 = mod(2n * D);
  const ROOT_OF_MINUS_1 = power(2n, (P - 1n) / 4n);

  /** A square root of u/v, or null where there is none (RFC 8032 5.1.3). */
  function rootOf(u, v) {
    const v3 = mod(v * v * v);
    let x = mod(u * v3 * power(mod(u * v3 * v3 * v), (P - 5n) / 8n));
    if (mod(v * x * x - u)) x = mod(x * ROOT_OF_MINUS_1);
    return mod(v * x * x - u) ? null : x;
  }

  // The y of all points of small order: 0 (order 4), 1, -1, and the roots of d y^4 + 2 y^2 - 1 = 0 (order 8).
  const Y8 = [1n, -1n].map((sign) => rootOf(mod(-1n + sign * rootOf(mod(1n + D), 1n)), D)).find((y) => y !== null);
  const SMALL = new Set([0n, 1n, P - 1n, Y8, P - Y8]);

  function littleEndian(bytes) {
    let digits = "0x";
    for (let i = bytes.length - 1; i >= 0; i--) digits += bytes[i].toString(16).padStart(2, "0");
    return BigInt(digits);
  }

  /** The y of a point's encoding, or null unless it is canonical and not of small order. */
  function admissible(encoding) {
    const y = BigInt.asUintN(255, littleEndian(encoding));
    return y < P && !SMALL.has(y) ? y : null;
  }

  // Points are [X, Y, Z, T], x = X/Z, y = Y/Z, xy = T/Z; coordinates may be negative until they are encoded.
  const NEUTRAL = [0n, 1n, 1n, 0n];

  function doubled([x, y, z]) {
    const a = x * x;
    const b = y * y;
    const h = a + b;
    const e = (h - (x + y) * (x + y)) % P;
    const g = (a - b) % P;
    const f = (2n * z * z + g) % P;
    const k = h % P;
    return [(e * f) % P, (g * k) % P, (f * g) % P, (e * k) % P];
  }

  /** A summand made ready: [Y-X, Y+X, 2Z, 2dT]. */
  const ready = ([x, y, z, t]) => [y - x, y + x, 2n * z, (D2 * t) % P];

  function added([x, y, z, t], [minus, plus, z2, t2]) {
    const a = ((y - x) * minus) % P;
    const b = ((y + x) * plus) % P;
    const c = (t * t2) % P;
    const d = (z * z2) % P;
    const [e, f, g, h] = [b - a, d - c, d + c, b + a];
    return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
  }

  /** 1 to 15 times a point, made ready. */
  function multiples(point) {
    const step = ready(point);
    const row = [null, step];
    let sum = point;
    for (let i = 2; i < 16; i++) {
      sum = added(sum, step);
      row.push(ready(sum));
    }
    return row;
  }

  const nibbles = (scalar) => scalar.toString(16).padStart(64, "0");

  /** [k]A in windows of four bits, highest first; `row` is `multiples(A)`. */
  function times(scalar, row) {
    let sum = NEUTRAL;
    for (const digit of nibbles(scalar)) {
      if (sum !== NEUTRAL) sum = doubled(doubled(doubled(doubled(sum))));
      if (digit !== "0") sum = added(sum, row[parseInt(digit, 16)]);
    }
    return sum;
  }

  /** `start` + [s]B without doublings: for each of the 64 places the multiples of B are kept. */
  function plusTimesBase(start, scalar) {
    if (!plusTimesBase.rows) {
      const y = mod(4n * inverse(5n));
      let point = decoded(y, 0n);
      plusTimesBase.rows = [];
      for (let place = 0; place < 64; place++) {
        plusTimesBase.rows.push(multiples(point));
        point = doubled(doubled(doubled(doubled(point))));
      }
    }
    let sum = start;
    const digits = nibbles(scalar);
    for (let place = 0; place < 64; place++) {
      const digit = parseInt(digits[63 - place], 16);
      if (digit) sum = added(sum, plusTimesBase.rows[place][digit]);
    }
    return sum;
  }

  function decoded(y, sign) {
    const x = rootOf(mod(y * y - 1n), mod(D * y * y + 1n));
    if (x === null) return null;
    const signed = (x & 1n) === sign ? x : mod(-x);
    return [signed, y, 1n, mod(signed * y)];
  }

  /** The point of an admissible key, or null. */
  function keyPoint(bytes) {
    const y = bytes.length === 32 ? admissible(bytes) : null;
    return y === null ? null : decoded(y, BigInt(bytes[31] >> 7));
  }

  const KEPT_KEYS = 2000;
  const kept = new Map(); // by a key's bytes in hex: {row: multiples of -A or null, sound}

  function keptKey(key) {
    const name = hex(key);
    if (!kept.has(name)) {
      const point = keyPoint(key);
      if (kept.size > KEPT_KEYS) kept.clear();
      kept.set(name, { row: point && multiples([-point[0], point[1], 1n, -point[3]]), sound: null });
    }
    return kept.get(name);
  }

  /** Whether [S]B - [k]A, encoded, is R byte for byte; A and R admissible, S less than the group's order. */
  function verifySignature(key, signature, message) {
    if (key.length !== 32 || signature.length !== 64) return false;
    const r = signature.subarray(0, 32);
    const s = littleEndian(signature.subarray(32));
    if (s >= L || admissible(r) === null) return false;
    const { row } = keptKey(key);
    if (!row) return false;
    const k = littleEndian(sha512(joined(r, key, message))) % L;
    const [x, y, z] = plusTimesBase(times(k, row), s);
    const unit = inverse(z);
    return ((mod(x * unit) & 1n) << 255n | mod(y * unit)) === littleEndian(r);
  }

  /** Whether a key may be enrolled: admissible, on the curve, free of torsion. */
  function isSound(key) {
    const known = keptKey(key);
    if (known.sound === null) {
      const [x, y, z] = known.row ? times(L, known.row) : [1n, 0n, 0n];
      known.sound = !mod(x) && !mod(y - z);
    }
    return known.sound;
  }

  const texts = { utf8, textOf, looseTextOf, latin1, octets, hex, byCodePoint, base64url, unbase64, unbase64url };
  return { ...texts, joined, sameBytes, Sha256, sha256, sha512, verifySignature, isSound };
})();
