// JSON in the portal's canonical form, as common/canonical.py has it, straight from a text.
//
// JSON.parse would round numbers above 2^53 and tell 1 from 1.0 no longer: a chain of hashes allows neither.

/** A value with its canonical text, and its members where it is an object. */
export interface Value {
  text: string;
  plain: unknown;
  members?: Map<string, Value>;
  items?: Value[];
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const INTEGER = /-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
const WORD = /true|false|null/y;

/** Reads a JSON text; throws a SyntaxError where it is none, or holds a number with a fraction. */
export function read(text: string): Value {
  let at = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const is = (sign: string): boolean => {
    take(SPACE);
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  };
  const fail = (): never => {
    throw new SyntaxError(`not canonical JSON at ${at}`);
  };
  const string = (): string => {
    take(SPACE);
    return JSON.parse(take(STRING) ?? fail()) as string;
  };

  const object = (): Value => {
    const members = new Map<string, Value>();
    if (!is("}")) {
      do {
        const name = string();
        if (members.has(name) || !is(":")) fail();
        members.set(name, value());
      } while (is(","));
      if (!is("}")) fail();
    }
    return { text: written(members), plain: undefined, members };
  };
  const list = (): Value => {
    const items: Value[] = [];
    if (!is("]")) {
      do items.push(value());
      while (is(","));
      if (!is("]")) fail();
    }
    return { text: `[${items.map((item) => item.text).join(",")}]`, plain: undefined, items };
  };
  const value = (): Value => {
    if (is("{")) return object();
    if (is("[")) return list();
    if (text[at] === '"') {
      const plain = string();
      return { text: JSON.stringify(plain), plain };
    }
    const word = take(WORD);
    if (word) return { text: word, plain: JSON.parse(word) as unknown };
    const integer = take(INTEGER) ?? fail();
    return { text: integer === "-0" ? "0" : integer, plain: Number(integer) };
  };

  const found = value();
  take(SPACE);
  if (at !== text.length) fail();
  return found;
}

/** An object's canonical text from its members. */
export function written(members: Map<string, Value>): string {
  const sorted = [...members].sort(([one], [other]) => byCodes(one, other));
  return `{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${value.text}`).join(",")}}`;
}

/** Order by code points; JavaScript's own is by halves of them. */
function byCodes(one: string, other: string): number {
  const left = [...one];
  const right = [...other];
  for (let n = 0; n < Math.min(left.length, right.length); n += 1) {
    const apart = (left[n]?.codePointAt(0) ?? 0) - (right[n]?.codePointAt(0) ?? 0);
    if (apart) return apart;
  }
  return left.length - right.length;
}
