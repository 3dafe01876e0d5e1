// Single values of an Inside Airbnb file. Each function answers undefined for what it cannot read.

/** A whole or decimal number such as `4`, `4.0` or `1e3`; nothing else around it. */
export function number(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Remembers what was read: the millions of rows of a calendar hold some hundred days and prices. */
function remembering<Value>(read: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    if (known.has(text)) return known.get(text) as Value;
    const value = read(text);
    if (known.size < 20_000 && text.length < 40) known.set(text, value);
    return value;
  };
}

/** A day, `YYYY-MM-DD`, that a calendar has. */
export const day = remembering(readDay);

function readDay(text: string): string | undefined {
  if (!/^(19|20)\d\d-\d\d-\d\d$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}

/** `t` or `f`, as Inside Airbnb writes it; `true` and `false` too. */
export function flag(text: string): boolean | undefined {
  if (/^(t|true)$/i.test(text)) return true;
  return /^(f|false)$/i.test(text) ? false : undefined;
}

/**
 * An amount such as `$1,234.00`, `€70`, `1.234,50 kr` or `70` in major units. Nothing for zero,
 * less than zero, and what no home costs: a home that came in for free could be booked for free.
 */
export const price = remembering(readPrice);

function readPrice(text: string): number | undefined {
  const digits = text.replace(/[^\d.,-]/g, '').replace(/[.,]+$/, '');
  if (!/^\d[\d.,]*$/.test(digits)) return undefined;

  const [point, comma] = [digits.lastIndexOf('.'), digits.lastIndexOf(',')];
  const last = Math.max(point, comma);
  const both = point >= 0 && comma >= 0;
  const mark = digits[last] ?? '';
  const once = digits.indexOf(mark) === last;
  const isDecimal = last >= 0 && once && (both || digits.length - last - 1 !== 3);
  const plain = isDecimal
    ? `${digits.slice(0, last).replace(/[.,]/g, '')}.${digits.slice(last + 1)}`
    : digits.replace(/[.,]/g, '');
  const amount = Number(plain);
  return amount > 0 && amount < 10_000_000 ? amount : undefined;
}

/** `1.5 shared baths`, `Half-bath`, `Shared half-bath`, `0 baths`, or a bare number. */
export function bathrooms(text: string): number | undefined {
  if (/half-bath/i.test(text)) return 0.5;
  const [, count] = /^(\d+(?:\.\d+)?)(?:\s|$)/.exec(text) ?? [];
  return count === undefined ? undefined : Math.round(Number(count) * 2) / 2;
}

// As the constraints of listings have it: tests/import/values.test.ts asks both.
const plainNumber =
  /^[-0-9A-Za-z .,:;/()#_\u00AA\u00B0\u00BA\u00C0-\u024F\u0370-\u0481\u3041-\u30FF\u4E00-\u9FFF\uAC00-\uD7A3]*$/;
const contacts = new RegExp(
  [
    '//|www[.]',
    '[0-9a-z-]{3,}[.](com|net|org|info|biz|app|io|eu|me|de|fr|es|it|pt|nl|uk|us|ca|au|br|mx)(?![0-9a-z])',
    'whats ?app|telegram|instagram|facebook|messenger|viber|skype|gmail|hotmail',
    '(?<![a-z])(tel|phone|call|e-?mail)(?![a-z])',
    '(?<![0-9a-z-])([0-9]{2}([ .-][0-9]{2}){3,}|([(]?[0-9]{3}[)]?|[0-9]{5})[ .-][0-9]{3,4}[ .-][0-9]{3,4}' +
    '|0[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{3})(?![0-9a-z-])',
  ].join('|'),
  'i',
);

/** Whether a register may have given this number; not what has contact data in it. */
export const isRegistrationNumber = (text: string): boolean =>
  plainNumber.test(text) && !contacts.test(text);

/** A point on earth; 0° 0° lies in the sea and stands for "unknown". */
export function point(latitude: string, longitude: string): [number, number] | undefined {
  const [north, east] = [number(latitude), number(longitude)];
  if (north === undefined || east === undefined || (north === 0 && east === 0)) return undefined;
  return Math.abs(north) <= 90 && Math.abs(east) <= 180 ? [north, east] : undefined;
}

export type RoomType = 'entire_home' | 'private_room' | 'shared_room' | 'hotel_room';

/** From the room type, else from the words of the property type. */
export function roomType(roomType: string, propertyType: string): RoomType | undefined {
  for (const text of [roomType, propertyType]) {
    if (/^entire/i.test(text)) return 'entire_home';
    if (/^shared room/i.test(text)) return 'shared_room';
    if (/^hotel|^room in .*hotel/i.test(text)) return 'hotel_room';
    if (/^private room|^room in/i.test(text)) return 'private_room';
  }
  return undefined;
}
