import { expect, test } from 'vitest';
import { chargeOf, intentFor, refused, world } from './support.ts';

async function paid(card = 'visa') {
  const made = await world();
  const { id } = await intentFor(made.stripe);
  await made.control.pay(id, card);
  const nets = async () =>
    (await made.stripe.balanceTransactions.list()).data.map(({ type, net }) => [type, net]);
  return { ...made, intent: id, nets };
}

test('a dispute takes the money and a fee, and lost it stays away', async () => {
  const { stripe, control, mailbox, intent, nets } = await paid();
  const dispute = await control.openDispute({ payment_intent: intent });
  expect(dispute).toMatchObject({ status: 'needs_response', amount: 10_000, reason: 'fraudulent' });
  expect(await chargeOf(stripe, intent)).toMatchObject({ disputed: true });
  expect(await refused(stripe.refunds.create({ payment_intent: intent })))
    .toMatchObject({ statusCode: 400, code: 'charge_disputed' });
  expect(await stripe.disputes.close(dispute.id)).toMatchObject({ status: 'lost' });
  expect(await nets()).toEqual([['adjustment', -11_500], ['charge', 9_680]]);
  expect(await refused(stripe.disputes.close(dispute.id))).toMatchObject({ statusCode: 400 });
  await control.settled();
  expect(mailbox.types().slice(-3)).toEqual([
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.closed',
  ]);
});

test('a dispute won brings the money back, and the charge can be refunded', async () => {
  const { stripe, control, mailbox, intent, nets } = await paid();
  const { id } = await control.openDispute({ payment_intent: intent, amount: 4_000 });
  expect(await stripe.disputes.update(id, { evidence: { product_description: 'a stay' } }))
    .toMatchObject({ status: 'under_review', evidence_details: { submission_count: 1 } });
  await control.closeDispute(id, 'won');
  expect((await nets()).slice(0, 2)).toEqual([['adjustment', 4_000], ['adjustment', -5_500]]);
  expect((await stripe.refunds.create({ payment_intent: intent })).amount).toBe(10_000);
  await control.settled();
  expect(mailbox.types()).toContain('charge.dispute.funds_reinstated');
});

test('a dispute that is lost can be appealed, with evidence of its own, and won', async () => {
  const { stripe, control, mailbox, intent, nets } = await paid();
  const { id, evidence } = await control.openDispute({ payment_intent: intent });
  expect(evidence).toMatchObject({ product_description: null, receipt: null, appeal: null });
  const appeal = { card: { reason_for_filing: 'They stayed.' } };
  expect(await refused(stripe.disputes.update(id, { evidence: { appeal } })))
    .toMatchObject({ statusCode: 400 });
  await control.closeDispute(id, 'lost');
  expect(await control.appealDispute(id)).toMatchObject({ status: 'appeal_needs_response' });
  expect(await refused(stripe.disputes.update(id, { evidence: { product_description: 'x' } })))
    .toMatchObject({ statusCode: 400 });
  expect(await stripe.disputes.update(id, { evidence: { appeal } }))
    .toMatchObject({ status: 'appeal_under_review', evidence: { appeal } });
  expect(await refused(stripe.refunds.create({ payment_intent: intent })))
    .toMatchObject({ code: 'charge_disputed' });
  await control.closeDispute(id, 'won');
  expect((await nets()).slice(0, 2)).toEqual([['adjustment', 10_000], ['adjustment', -11_500]]);
  await control.settled();
  expect(mailbox.types().filter((type) => type === 'charge.dispute.closed')).toHaveLength(2);
});

test('a dispute that a prevention program answers is a refund, and takes nothing more', async () => {
  const { control, intent, nets } = await paid();
  expect(await control.preventDispute({ payment_intent: intent }))
    .toMatchObject({ status: 'prevented' });
  expect((await nets())[0]).toEqual(['refund', -10_000]);
});

test("Stripe's winning and losing evidence decide at once", async () => {
  const { stripe, control, intent } = await paid();
  const { id } = await control.openDispute({ payment_intent: intent });
  const text = { uncategorized_text: 'winning_evidence' };
  expect(await stripe.disputes.update(id, { evidence: text, submit: false }))
    .toMatchObject({ status: 'needs_response' });
  expect(await stripe.disputes.update(id, { evidence: text })).toMatchObject({ status: 'won' });
});

test('an inquiry moves no money, is answered by a refund, or grows into a dispute', async () => {
  const { stripe, control, intent, nets } = await paid();
  const inquiry = await control.openDispute({ payment_intent: intent, inquiry: true });
  expect(inquiry).toMatchObject({ status: 'warning_needs_response', is_charge_refundable: true });
  expect(await nets()).toHaveLength(1);
  await stripe.refunds.create({ payment_intent: intent });
  expect((await stripe.disputes.retrieve(inquiry.id)).status).toBe('warning_closed');

  const other = await intentFor(stripe);
  await control.pay(other.id);
  const second = await control.openDispute({ payment_intent: other.id, inquiry: true });
  expect(await control.escalateInquiry(second.id)).toMatchObject({ status: 'needs_response' });
  expect((await nets())[0]).toEqual(['adjustment', -11_500]);
  expect((await stripe.disputes.list({ payment_intent: other.id })).data).toHaveLength(1);
});

test.each([
  ['createDispute', 'charge.dispute.created'],
  ['createDisputeInquiry', 'charge.dispute.created'],
  ['createIssuerFraudRecord', 'radar.early_fraud_warning.created'],
])('the test card %s raises %s by itself', async (card, type) => {
  const { control, mailbox } = await paid(card);
  await control.settled();
  expect(mailbox.types()).toContain(type);
});

test('an early fraud warning names charge and intent', async () => {
  const { stripe, control, intent } = await paid();
  const warning = await control.warnOfFraud({ payment_intent: intent });
  const { data: [found] } = await stripe.radar.earlyFraudWarnings.list({ payment_intent: intent });
  expect(found).toMatchObject({ id: warning.id, actionable: true, payment_intent: intent });
  expect(
    (await stripe.radar.earlyFraudWarnings.retrieve(warning.id, { expand: ['charge'] })).charge,
  )
    .toMatchObject({ object: 'charge' });
});
