import type { Asked } from './asked.ts';

/** Who may call a verb, and what those hear who may not: as words. */
export interface Callers {
  may: string[];
  refused: string[];
}

/** The people of the test by what they are to what it is about; Katherine has no part in it. */
const kinds: Record<string, string[]> = {
  'guest': ['grace', 'margaret', 'dorothy'],
  'owner': ['ada', 'alan'],
  'co-host (full)': ['hedy'],
  'co-host (calendar)': ['radia'],
  'staff': ['sam'],
};

/** What they are to something else than a stay at a home, by what its calls or its capability name. */
const special: { of: RegExp; kinds: Record<string, string[]> }[] = [
  { of: /^Wishlists/, kinds: { 'owner of the wishlist': ['grace'], 'its members': ['margaret'] } },
  { of: /^Hosting together/, kinds: { 'whoever is invited': ['katherine'] } },
  {
    of: /''swap''/,
    kinds: { 'whoever proposed it': ['grace'], 'the other side': ['ada', 'hedy'] },
  },
];

/** Without a grant Postgres says this. */
const notGranted = '42501';

const isNumber = (outcome: string) => outcome !== notGranted && /^\d+$/.test(outcome);

/** What comes of the calls of one verb. `statuses` has the HTTP status of each code. */
export function callersOf(
  asked: Asked[],
  capability: string,
  statuses: Map<string, number>,
): Callers {
  const calls = asked.map((call) => ({ ...call, most: mostOf(call) }));
  const isDenial = (code: string) => [401, 403, 404].includes(statuses.get(code) ?? 403);
  const mayIn = ({ outcomes, most }: typeof calls[number], person: string): boolean => {
    const outcome = outcomes[person] ?? '';
    if (isNumber(outcome)) return most === 0 || Number(outcome) > 0;
    // Nobody gets anything then: whoever is not told so for who they are may do it at another time.
    return most < 0 && (person === 'service' ? outcome !== notGranted : !isDenial(outcome));
  };
  /** Not when the call is about themselves: that is said apart. */
  const isAbout = ({ given }: Asked, person: string) => given.includes(`person(''${person}'')`);
  const may = (people: string[]) =>
    people.some((person) => calls.some((call) => mayIn(call, person) && !isAbout(call, person)));
  const isPartly = (people: string[]) =>
    calls.some((call) =>
      call.most > 0 && !people.some((person) => mayIn(call, person)) &&
      people.every((person) => statuses.get(call.outcomes[person] ?? '') === 403)
    );

  if (may(['anon']) || (may(['katherine']) && may(['alan']))) {
    const everyone = may(['anon']) ? 'everyone' : 'whoever is signed in';
    // Of the home that it is about; Alan has another.
    const others = Object.entries({ ...kinds, owner: ['ada'] }).filter(([, people]) =>
      !may(people)
    );
    return { may: [everyone], refused: refusalsOf(calls, others, false) };
  }
  const about = `${capability} ${calls.map(({ given }) => given).join(' ')}`;
  const own = special.filter(({ of }) => of.test(about)).flatMap((one) =>
    Object.entries(one.kinds)
  );
  const all = own.some(([, people]) => may(people))
    ? [
      ...own,
      ...Object.entries(kinds).filter(([, people]) =>
        !own.flatMap(([, one]) => one).some((one) => people.includes(one))
      ),
    ]
    : Object.entries(kinds);
  const those = all.filter(([, people]) => may(people));
  const isForThemselves = calls.some((call) =>
    Object.keys(call.outcomes).some((person) => isAbout(call, person) && mayIn(call, person))
  );
  const names = [
    ...those.map(([kind, people]) => isPartly(people) ? `${kind}, in part` : kind),
    ...(isForThemselves ? ['whoever it is about'] : []),
    ...(may(['service']) ? ['servers'] : []),
  ];
  const others: [string, string[]][] = [
    ...all.filter(([, people]) => !may(people)),
    ...(may(['katherine']) ? [] : [['others', ['katherine']] satisfies [string, string[]]]),
  ];
  return { may: names, refused: refusalsOf(calls, others, true) };
}

/** The greatest number of rows that somebody gets; -1 when nobody gets an answer. */
const mostOf = ({ outcomes }: Asked) =>
  Math.max(-1, ...Object.values(outcomes).filter(isNumber).map(Number));

/** What each kind hears instead; what most of them hear, the others hear. */
function refusalsOf(
  calls: (Asked & { most: number })[],
  others: [string, string[]][],
  isMostNamed: boolean,
): string[] {
  const call = calls.find(({ most }) => most > 0) ?? calls.find(({ most }) => most === 0) ??
    calls[0];
  const heard = others.flatMap(([kind, people]): [string, string][] => {
    const code = people.map((person) =>
      call?.outcomes[person] ?? ''
    ).find((one) => !isNumber(one) || one === '0') ?? '';
    return code === '' || code === notGranted
      ? []
      : [[kind, code === '0' ? 'no rows' : `\`${code}\``]];
  });
  const byCode = [...Map.groupBy(heard, ([, code]) => code)]
    .map(([code, group]) => ({ code, names: group.map(([kind]) => kind) }))
    .sort((one, other) => other.names.length - one.names.length);
  const usual = isMostNamed
    ? byCode.find(({ names }) => names.includes('others')) ?? byCode[0]
    : undefined;
  return [
    ...byCode.filter((one) => one !== usual).map(({ code, names }) =>
      `${names.join(', ')}: ${code}`
    ),
    ...(usual === undefined ? [] : [byCode.length > 1 ? `others: ${usual.code}` : usual.code]),
  ];
}
