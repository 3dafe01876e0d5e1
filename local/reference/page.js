// The reference, to be tried as whoever is chosen above it.
const { SwaggerUIBundle } = globalThis;
const byId = (id) => document.getElementById(id);
const { key, password, people } = JSON.parse(byId('settings').textContent);

const ui = SwaggerUIBundle({
  url: 'openapi.json',
  domNode: byId('reference'),
  // Two hundred verbs: all are collapsed at first.
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
  filter: true,
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
  syntaxHighlight: { activated: false },
  onComplete: () => {
    if (key !== undefined) ui.preauthorizeApiKey('publishableKey', key);
    document.documentElement.dataset.isReady = 'true';
  },
});

/** Signs one of the demo people in; resolves to the token. */
async function signIn(email) {
  const answer = await fetch('/auth/v1/token?grant_type=password', {
    method: 'POST',
    headers: { apikey: key, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const { access_token: token, ...refused } = await answer.json();
  if (token === undefined) {
    throw new Error(
      `${refused.msg ?? refused.message ?? 'Auth refused.'} Has its password changed?`,
    );
  }
  return token;
}

const select = byId('person');
if (select !== null) {
  select.append(
    new Option('nobody (signed out)', ''),
    ...people.map(({ name, email, is }) => new Option(`${name}, ${is}`, email)),
  );
  select.value = '';
  let choices = 0;
  select.addEventListener('change', async () => {
    const choice = ++choices;
    const email = select.value;
    // Until it is known who asks, nobody does.
    ui.authActions.logout(['person']);
    byId('signed-in').value = email === '' ? 'signed out' : '…';
    if (email === '') return;
    try {
      const token = await signIn(email);
      // Somebody else may have been chosen meanwhile.
      if (choice !== choices) return;
      ui.preauthorizeApiKey('person', token);
      byId('signed-in').value = `signed in as ${email}`;
    } catch (error) {
      if (choice === choices) byId('signed-in').value = `not signed in: ${error.message}`;
    }
  });
}

/** Names the fields that Swagger UI leaves without a label, and makes scrollable areas focusable. */
const names = {
  '#servers': 'Server',
  '.examples-select-element': 'Example',
  '.content-type': 'Media type',
  '.body-param__text': 'Request body',
};
new MutationObserver(() => {
  for (const [selector, name] of Object.entries(names)) {
    for (const element of document.querySelectorAll(`${selector}:not([aria-label])`)) {
      element.setAttribute('aria-label', name);
    }
  }
  for (const box of document.querySelectorAll('pre.microlight:not([tabindex])')) box.tabIndex = 0;
}).observe(byId('reference'), { childList: true, subtree: true });
