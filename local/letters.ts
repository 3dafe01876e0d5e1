import { Hono } from 'hono';
import {
  languageNames,
  letterAbout,
  letterNames,
  templateNames,
} from '../supabase/functions/run-commands/writing/letter.ts';
import { framedByOurs } from './loopback.ts';

const booking = {
  booking_id: '20000000-0000-4000-8000-000000000003',
  listing_title: 'The old mill on the Lune',
  city: 'Sainte-Lune',
  check_in: '2027-06-04',
  check_out: '2027-06-07',
  check_in_time: '15:00',
  check_out_time: '11:00',
  guests: 2,
  guest_name: 'Ada',
  host_name: 'Grace',
  currency: 'EUR',
  exponent: 2,
  answer_until: '2027-05-21T12:00:00+00:00',
  total_minor: 72_180,
  payout_minor: 58_200,
  paid_minor: 72_180,
  refund_minor: 36_090,
  object_until: '2027-06-06T15:00:00+00:00',
  complaint: 'There is no hot water.',
  given_back_minor: 18_000,
  share_minor: 40_200,
  damage: 'The reading lamp is broken.',
  claimed_minor: 4_000,
  award_minor: 2_500,
  answer_damage_until: '2027-06-14T12:00:00+00:00',
  new_check_in: '2027-06-04',
  new_check_out: '2027-06-08',
  new_guests: 3,
  difference_minor: 19_500,
  moved_minor: 36_090,
  pay_by: '2027-05-22T12:00:00+00:00',
};

const news = {
  recipient_name: 'Ada',
  listing_title: 'The old mill on the Lune',
  city: 'Sainte-Lune',
  other_name: 'Grace',
  check_in: '2027-06-04',
  check_out: '2027-06-07',
  guests: 2,
  currency: 'EUR',
  exponent: 2,
  total_minor: 64_000,
  until: '2027-05-21T12:00:00+00:00',
  invitation_id: '30000000-0000-4000-8000-000000000010',
  acted: true,
};

const message = {
  conversation_id: '30000000-0000-4000-8000-000000000007',
  listing_title: 'The old mill on the Lune',
  recipient_name: 'Grace',
  sender_name: 'Ada',
  body: 'Does the wheel turn at night?',
};

const decision = 'The photos of both sides show it.';

/** Facts that some e-mails have in addition or instead; facts that none has are left out of the e-mail. */
const more: Record<string, Record<string, unknown>> = {
  charge_failed: { unpaid_minor: 36_090, paid_minor: 36_090 },
  complaint_decided_guest: { complaint_decision: decision },
  complaint_decided_host: { complaint_decision: decision },
  damage_decided_guest: { damage_decision: decision },
  damage_decided_host: { damage_decision: decision },
  no_show_dismissed: { decision },
  no_show_upheld_guest: { decision },
  no_show_upheld_host: { decision },
  inquiry_preapproved: { words: 'The garden is quiet until nine.' },
  offer_received: { words: 'Stay a day longer, and breakfast is mine.' },
  calendar_failing: { words: 'Elsewhere' },
  cohost_invited: { code: '4f2a91' },
  decision_made: { words: 'The description says there is a lift.', measure: 'warn' },
};

export { languageNames, letterNames };

/** An e-mail with the facts of an example, in that language. */
export function exampleLetter(template: string, language: string) {
  const facts = template === 'message_received'
    ? message
    : templateNames.includes(template)
    ? booking
    : news;
  return letterAbout(template, { ...facts, ...more[template] }, language, {
    site: 'http://127.0.0.1:3000/',
    ...(templateNames.includes(template) && !template.startsWith('review')
      ? {}
      : { unsubscribe: 'http://127.0.0.1:3000/unsubscribe?token=example' }),
  });
}

const namesOfLanguages: Record<typeof languageNames[number], string> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
};

/** All e-mails at `/mail/preview`, and each in every language at `/mail/preview/NAME`. */
export function letterRoutes(): Hono {
  return new Hono()
    .get('/', (c) => c.html(list(), 200, framedByOurs))
    .get('/:template', (c) => {
      const template = c.req.param('template');
      if (!letterNames.includes(template)) return c.notFound();
      return c.html(preview(template), 200, framedByOurs);
    });
}

function list(): string {
  const rows = letterNames.map((template) =>
    `<tr><th scope="row"><a href="/mail/preview/${template}">${template}</a></th><td>${
      escape(exampleLetter(template, 'en').subject)
    }</td></tr>`
  );
  return page(
    'The e-mails of Staybase',
    `<p>${letterNames.length} e-mails in ${languageNames.length} languages, with the facts of an example.
Those of Auth (confirm an address, a new password) are Supabase's own. What this stack has sent is at
<a href="/mail">/mail</a>.</p>
<table><thead><tr><th scope="col">Template</th><th scope="col">Subject in English</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`,
  );
}

function preview(template: string): string {
  const letters = languageNames.map((language) => {
    const { subject, html, text } = exampleLetter(template, language);
    const name = namesOfLanguages[language];
    return `<article lang="${language}">
<h2>${name}</h2>
<p><strong>${escape(subject)}</strong></p>
<iframe title="${name}" sandbox srcdoc="${escape(html)}"></iframe>
<details><summary>As plain text</summary><pre tabindex="0">${escape(text)}</pre></details>
</article>`;
  });
  return page(
    template,
    `<p><a href="/mail/preview">All e-mails</a></p><div class="letters">${
      letters.join('\n')
    }</div>`,
  );
}

const page = (title: string, content: string) =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<style>
  body { font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
  a { color: #0b57d0; }
  table { border-collapse: collapse; }
  th, td { text-align: left; padding: 0.25rem 1rem 0.25rem 0; border-top: 1px solid #d0d7de; font-weight: normal; }
  thead th { font-weight: 600; }
  .letters { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 1.5rem; }
  iframe { width: 100%; height: 24rem; border: 1px solid #d0d7de; background: #fff; }
  pre { white-space: pre-wrap; }
</style>
<main>
<h1>${escape(title)}</h1>
${content}
</main>
</html>
`;

const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
