// GraphiQL over the graph of this stack, as whoever is chosen above it.
const { GraphiQL, React, ReactDOM } = globalThis;
const byId = (id) => document.getElementById(id);
const { key, password, people, documents } = JSON.parse(byId('settings').textContent);

/** A POST of JSON to this stack; what it says comes back, whatever its status. */
async function post(path, body, token) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: {
      apikey: key,
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return await answer.json();
}

/** Who asks: the e-mail address, and the token with the moment that it expires; `undefined` for nobody. */
let signedIn;

async function signIn(email) {
  const { access_token: token, expires_in: seconds, ...refused } = await post(
    '/auth/v1/token?grant_type=password',
    { email, password },
  );
  if (token === undefined) {
    throw new Error(
      `${refused.msg ?? refused.message ?? 'Auth refused.'} Has its password changed?`,
    );
  }
  return { email, token, until: Date.now() + (seconds - 60) * 1000 };
}

async function ask(body) {
  if (signedIn !== undefined && signedIn.until < Date.now()) {
    signedIn = await signIn(signedIn.email);
  }
  return await post('/functions/v1/graphql', body, signedIn?.token);
}

/**
 * What GraphiQL sends. Just after a change of tabs it still names the operation of the tab before
 * (findings/graphiql-names-the-operation-of-the-tab-before.sh), so a name that the document does not have is
 * left out.
 */
function send({ operationName, ...body }) {
  const isThere = operationName != null &&
    new RegExp(`\\b(query|mutation)\\s+${operationName}\\b`).test(body.query);
  return ask(isThere ? { ...body, operationName } : body);
}

const select = byId('person');
select.append(
  new Option('nobody (signed out)', ''),
  ...people.map(({ name, email, is }) => new Option(`${name}, ${is}`, email)),
);
select.value = '';

let choices = 0;
async function become() {
  const choice = ++choices;
  const email = select.value;
  // Until it is known who asks, nobody does.
  signedIn = undefined;
  byId('signed-in').value = email === '' ? 'signed out' : '…';
  if (email === '') return;
  try {
    const person = await signIn(email);
    // Somebody else may have been chosen meanwhile.
    if (choice !== choices) return;
    signedIn = person;
    byId('signed-in').value = `signed in as ${email}`;
  } catch (error) {
    if (choice === choices) byId('signed-in').value = `not signed in: ${error.message}`;
  }
}
select.addEventListener('change', become);
await become();

/** Values for the variables of the ready documents: a home and a stay of the town, free nights and their price. */
async function valuesToTry() {
  const stay = {
    listingId: '10000000-0000-4000-8000-000000000001',
    bookingId: '20000000-0000-4000-8000-000000000003',
    guests: 2,
  };
  const { data } = await ask({
    query: `query($listingId: UUID!) {
      listingCalendar(listingId: $listingId) { day available arrivalAllowed departureAllowed }
    }`,
    variables: stay,
  });
  const days = data?.listingCalendar ?? [];
  const begins = days.findIndex((day, at) =>
    at >= 28 && day.arrivalAllowed && days[at + 3]?.departureAllowed &&
    days.slice(at, at + 3).every(({ available }) => available)
  );
  if (begins < 0) return stay;
  const nights = { ...stay, checkIn: days[begins].day, checkOut: days[begins + 3].day };
  const { data: quoted } = await ask({
    query: `query($listingId: UUID!, $checkIn: Date!, $checkOut: Date!, $guests: Int) {
      quoteStay(listingId: $listingId, checkIn: $checkIn, checkOut: $checkOut, guests: $guests) {
        totalMinor
      }
    }`,
    variables: nights,
  });
  return {
    ...nights,
    totalMinor: quoted?.quoteStay?.totalMinor,
    newBookingId: crypto.randomUUID(),
  };
}

const values = await valuesToTry();
const tabs = documents.map((query) => {
  const declared = [...query.matchAll(/\$(\w+):/g)].map(([, name]) => name);
  const given = Object.entries(values).filter(([name]) => declared.includes(name));
  return {
    query,
    variables: given.length === 0 ? '' : JSON.stringify(Object.fromEntries(given), null, 2),
    headers: '',
  };
});

// What is written lasts as long as the browser's tab: days of the next visit are others.
const storage = sessionStorage;
const isFirst = storage.getItem('graphiql:tabState') === null;
ReactDOM.createRoot(byId('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: send,
    storage,
    defaultTabs: tabs,
    // Of the first tab GraphiQL takes the query alone.
    ...(isFirst ? { variables: tabs[0].variables } : {}),
    defaultEditorToolsVisibility: 'variables',
    isHeadersEditorEnabled: false,
    shouldPersistHeaders: false,
  }),
);
