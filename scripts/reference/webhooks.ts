import type { Catalog } from './catalog.ts';
import type { Schema } from './schemas.ts';

const id = { type: 'string', format: 'uuid' };
const money = { amount_minor: { type: 'integer', format: 'int64' }, currency: { type: 'string' } };

interface Told {
  /** What an event is about, the first half of its type. */
  about: string;
  says: string;
  /** The second half: words, or an enum or a column that has them. */
  becomes: string[] | { enum: string } | { table: string; column: string };
  data: Record<string, Schema>;
}

const status = (words: string[]) => ({ status: { type: 'string', enum: words } });

/** Every kind of event, with ids and states alone; who wants to know more asks. */
const kinds: Told[] = [
  {
    about: 'booking',
    says: 'A booking has another status.',
    becomes: { enum: 'booking_status' },
    data: { booking_id: id, listing_id: id, host_id: id, guest_id: id },
  },
  {
    about: 'refund',
    says: 'A refund was made, or has another status.',
    becomes: { enum: 'refund_status' },
    data: { refund_id: id, booking_id: id, ...money },
  },
  {
    about: 'payout',
    says: 'A payout was planned, or has another status.',
    becomes: { enum: 'payout_status' },
    data: { payout_id: id, booking_id: id, ...money },
  },
  {
    about: 'offer',
    says: 'A host made an offer, or it has another status.',
    becomes: { enum: 'offer_status' },
    data: {
      offer_id: id,
      listing_id: id,
      guest_id: id,
      kind: { $ref: '#/components/schemas/offer_kind' },
    },
  },
  {
    about: 'alteration',
    says: 'An alteration was proposed, or has another status.',
    becomes: { enum: 'alteration_status' },
    data: { alteration_id: id, booking_id: id },
  },
  {
    about: 'complaint',
    says: 'A guest complains, or the complaint has another status.',
    becomes: { enum: 'complaint_status' },
    data: { complaint_id: id, booking_id: id },
  },
  {
    about: 'damage_claim',
    says: 'A host claims damage, or the claim has another status.',
    becomes: { enum: 'damage_claim_status' },
    data: { claim_id: id, booking_id: id },
  },
  {
    about: 'no_show',
    says: 'A host says that a guest did not come, or the report has another status.',
    becomes: { enum: 'no_show_status' },
    data: { booking_id: id },
  },
  {
    about: 'report',
    says: 'Somebody reported something, or staff decided.',
    becomes: { enum: 'report_status' },
    data: { report_id: id, subject: { $ref: '#/components/schemas/report_subject' } },
  },
  {
    about: 'message',
    says: 'A message was sent.',
    becomes: ['sent'],
    data: {
      message_id: id,
      conversation_id: id,
      side: { type: 'string' },
      kind: { $ref: '#/components/schemas/message_kind' },
    },
  },
  {
    about: 'review',
    says: 'A review can be read from now on, or has a reply.',
    becomes: ['revealed', 'replied'],
    data: {
      review_id: id,
      booking_id: id,
      listing_id: id,
      of: { type: 'string', enum: ['stay', 'guest'] },
    },
  },
  {
    about: 'calendar',
    says: 'Another calendar shows nights as taken that are booked here.',
    becomes: ['conflict'],
    data: { event_id: id, listing_id: id },
  },
];

function wordsOf({ becomes }: Told, { enums }: Catalog): string[] {
  if (Array.isArray(becomes)) return becomes;
  const words = 'enum' in becomes ? enums[becomes.enum] : undefined;
  if (words === undefined) throw new Error(`There is no enum for ${JSON.stringify(becomes)}.`);
  return words;
}

/** The `webhooks` of the document: what is POSTed to the address of an endpoint. */
export function webhooks(catalog: Catalog) {
  return Object.fromEntries(kinds.map((kind) => {
    const words = wordsOf(kind, catalog);
    const data = Array.isArray(kind.becomes) ? kind.data : { ...kind.data, ...status(words) };
    return [kind.about, {
      post: {
        operationId: `told_${kind.about}`,
        tags: [webhooksTag],
        summary: kind.says,
        parameters: Object.keys(webhookParameters).map((name) => ({
          $ref: `#/components/parameters/${name}`,
        })),
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['id', 'type', 'created_at', 'data'],
                properties: {
                  id: { ...id, description: 'The same when the event is sent again.' },
                  type: { type: 'string', enum: words.map((word) => `${kind.about}.${word}`) },
                  created_at: { type: 'string', format: 'date-time' },
                  data: { type: 'object', required: Object.keys(data), properties: data },
                },
              },
            },
          },
        },
        responses: {
          '2XX': { description: 'Taken. Anything else comes again, up to twelve times.' },
          410: { description: 'Ends the endpoint.' },
        },
        security: [],
      },
    }];
  }));
}

export const webhooksTag = 'Webhooks to your programs';

export const webhookParameters = {
  webhook_id: {
    name: 'Webhook-Id',
    in: 'header',
    required: true,
    description: 'The id of the event, the same on every retry.',
    schema: { type: 'string', format: 'uuid' },
  },
  webhook_timestamp: {
    name: 'Webhook-Timestamp',
    in: 'header',
    required: true,
    description:
      'The time of this attempt in seconds since 1970. Reject anything older than five minutes.',
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
  webhook_signature: {
    name: 'Webhook-Signature',
    in: 'header',
    required: true,
    description:
      '`v1,<base64>`, as in Standard Webhooks 1.0.0: the HMAC-SHA256 of `<id>.<timestamp>.<body>`, ' +
      "keyed with the base64-decoded part of the endpoint's secret after `whsec_`. For a day after the secret was " +
      'rotated there is a second one, after a space.',
    schema: { type: 'string' },
  },
  stamp: {
    name: 'Staybase-Event',
    in: 'header',
    required: true,
    deprecated: true,
    description: 'The id of the event; in version 0.1 only. Read `Webhook-Id`.',
    schema: { type: 'string', format: 'uuid' },
  },
  signature: {
    name: 'Staybase-Signature',
    in: 'header',
    required: true,
    deprecated: true,
    description:
      '`t=<seconds>,v1=<hex>`: the HMAC-SHA256 of `<seconds>.<body>` with the whole secret; in version 0.1 only. ' +
      'Check `Webhook-Signature`.',
    schema: { type: 'string' },
  },
};
