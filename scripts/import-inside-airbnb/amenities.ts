/**
 * Which of our amenities the words of a host mean: every pattern that fits counts, the first column
 * is a code of public.amenities. A test holds the codes against the table.
 */
export const amenityPatterns: [amenity: string, pattern: RegExp][] = [
  ['wifi', /\bwi-?fi\b|^wireless internet|^internet$/],
  ['kitchen', /^(full |shared |private )?kitchen(ette)?\b/],
  ['heating', /\bheating\b|^(portable )?heater/],
  ['air_conditioning', /\bair condition|\bac\b( unit| -|$)/],
  ['washer', /^(free |paid )?washer\b|^washing machine/],
  ['dryer', /^(free |paid )?dryer\b/],
  ['tv', /\b(hd|smart )?tv\b/],
  ['workspace', /workspace|laptop[- ]friendly|^desk\b/],
  ['free_parking', /^free\b.*\b(parking|garage|carport)|^(street )?parking$/],
  ['paid_parking', /^paid\b.*\bparking/],
  ['ev_charger', /^ev charger/],
  ['pool', /^(shared |private |indoor |outdoor |heated )*(swimming )?pool($| [-–:]|\s*$)/],
  ['hot_tub', /\bhot tub\b|\bjacuzzi\b/],
  ['sauna', /\bsauna\b/],
  ['gym', /\bgym\b/],
  ['patio_or_balcony', /\b(patio|balcony|terrace)\b/],
  ['backyard', /\bbackyard\b|^garden( or backyard)?$/],
  ['bbq_grill', /\b(bbq|barbecue) (grill|area)/],
  ['fire_pit', /^fire ?pit/],
  ['indoor_fireplace', /^(indoor )?fireplace($|:)/],
  ['waterfront', /^waterfront/],
  ['beach_access', /\bbeach access\b|^beachfront/],
  ['lake_access', /\blake access\b/],
  ['ski_in_ski_out', /\bski-in/],
  ['breakfast', /^breakfast/],
  ['luggage_dropoff', /^luggage drop-?off/],
  ['self_check_in', /^(24-hour |self )check-?in|^keypad|^lockbox|^smart ?lock/],
  ['long_stays', /^long[- ]term stays/],
  ['crib', /\bcrib\b/],
  ['high_chair', /\bhigh chair\b/],
  ['bathtub', /^bath ?tub/],
  ['hair_dryer', /^hair ?dryer/],
  ['shampoo', /\bshampoo\b/],
  ['hot_water', /^hot water$/],
  ['essentials', /^essentials$/],
  ['bed_linens', /^bed linens/],
  ['iron', /^iron\b/],
  ['hangers', /^hangers/],
  ['refrigerator', /\b(refrigerator|fridge)\b/],
  ['freezer', /\bfreezer\b/],
  ['microwave', /\bmicrowave\b/],
  ['oven', /\boven\b/],
  ['stove', /\bstove\b|\bhob\b|\bcooktop\b/],
  ['dishwasher', /\bdishwasher\b/],
  ['coffee_maker', /^coffee maker|^espresso machine|\bnespresso\b/],
  ['cooking_basics', /^cooking basics/],
  ['dishes_and_silverware', /^dishes and silverware/],
  ['smoke_alarm', /^smoke (alarm|detector)/],
  ['carbon_monoxide_alarm', /^carbon monoxide (alarm|detector)/],
  ['fire_extinguisher', /^fire extinguisher/],
  ['first_aid_kit', /^first aid kit/],
  ['security_cameras', /\bsecurity cameras?\b/],
  ['lock_on_bedroom_door', /^lock on bedroom door/],
  ['elevator', /^elevator|^lift$/],
  ['step_free_access', /\bstep-free\b|^wheelchair accessible/],
  ['single_level_home', /^single level home/],
  ['private_entrance', /^private entrance/],
  ['sound_system', /\bsound system\b/],
  ['board_games', /^board games/],
  ['books', /^books\b/],
];

/** What a listing's list of amenities says. */
export interface Offer {
  amenities: string[];
  petsAllowed: boolean;
  smokingAllowed: boolean;
  partiesAllowed: boolean;
  /** Words that no pattern knows. */
  unknown: string[];
}

const seen = new Map<string, string[]>();

function codesOf(words: string): string[] {
  const known = seen.get(words);
  if (known !== undefined) return known;
  // Brands, sizes and curly punctuation vary without end; case and blanks at least can be made one.
  const text = words.toLowerCase().replace(/[\s\u00a0]+/g, ' ').trim();
  const codes = amenityPatterns.filter(([, pattern]) => pattern.test(text)).map(([code]) => code);
  if (seen.size < 50_000) seen.set(words, codes);
  return codes;
}

/** Reads a JSON list, or the older `{TV,"Hot tub"}`; undefined when it is neither. */
export function readAmenities(text: string): Offer | undefined {
  const words = listOf(text);
  if (words === undefined) return undefined;
  const offer: Offer = {
    amenities: [],
    petsAllowed: false,
    smokingAllowed: false,
    partiesAllowed: false,
    unknown: [],
  };
  const codes = new Set<string>();
  for (const word of words) {
    if (/^pets? (are )?allowed|^pet friendly/i.test(word)) offer.petsAllowed = true;
    else if (/^smoking allowed/i.test(word)) offer.smokingAllowed = true;
    else if (/^(suitable for events|events allowed)/i.test(word)) offer.partiesAllowed = true;
    else {
      const meant = codesOf(word);
      if (meant.length === 0) offer.unknown.push(word);
      for (const code of meant) codes.add(code);
    }
  }
  offer.amenities = [...codes].sort();
  return offer;
}

function listOf(text: string): string[] | undefined {
  if (text === '') return [];
  if (/^\{.*\}$/s.test(text)) {
    return [...text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,"]+)/g)]
      .map(([, quoted, bare]) => (quoted ?? bare ?? '').trim())
      .filter((word) => word !== '');
  }
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((word) => typeof word === 'string') : undefined;
  } catch {
    return undefined;
  }
}
