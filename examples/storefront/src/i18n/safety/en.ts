// Reports, blocked people and complaints.
const words = {
  report: {
    titles: {
      listing: 'Report this home',
      person: 'Report this person',
      review: 'Report this review',
      message: 'Report this message',
    },
    text: 'Only our support team sees your report. The other person is not told who sent it.',
    danger: 'If you are in danger, call the local emergency number first.',
    category: 'What is wrong?',
    categories: {
      fraud: 'Fraud or a scam',
      harassment: 'Harassment or threats',
      hate: 'Hate or discrimination',
      danger: 'Danger to people',
      illegal: 'Something illegal',
      inaccurate: 'Wrong or misleading information',
      spam: 'Spam or advertising',
      other: 'Something else',
    },
    body: 'What happened? (optional)',
    send: 'Send report',
    sent: 'Thank you for your report. Our team will look into it.',
  },
  evidence: {
    label: 'Photos or other files (optional)',
    hint: 'Up to 10 pictures, PDFs or MP4 videos, 20 MB each. Only our support team sees them.',
  },
  block: {
    title: (name: string) => `Block ${name}?`,
    text:
      'You will no longer be able to book each other’s homes or write to each other. Bookings you already have continue. The other person is not told.',
    confirm: 'Block',
    done: (name: string) => `You have blocked ${name}.`,
    undone: (name: string) => `You have unblocked ${name}.`,
    listTitle: 'Blocked people',
    listNone: 'You have not blocked anyone.',
    someone: 'A person whose profile you cannot see',
  },
  complaint: {
    title: 'Report a problem with this stay',
    text:
      'Write to your host first: most problems are solved that way. If not, tell us. Your host’s payout waits until our team has decided.',
    category: 'What is the problem?',
    categories: {
      no_access: 'I could not get in',
      not_as_described: 'The home is not as described',
      not_clean: 'It is not clean',
      not_working: 'Something does not work',
      not_safe: 'It is not safe',
      other: 'Something else',
    },
    body: 'What happened?',
    bodyHint: 'Your host sees this and can answer.',
    send: 'Send complaint',
    sent: 'Your complaint was sent. Your host and our team have been told.',
    yours: 'Your complaint',
    states: { open: 'Open', withdrawn: 'Withdrawn', dismissed: 'Dismissed', refunded: 'Refunded' },
    stateTexts: {
      open: 'Our team will decide, with or without an answer from your host.',
      withdrawn: 'You withdrew this complaint.',
      dismissed: 'Our team found no reason for a refund.',
      refunded: 'Our team decided on a refund. You find the amount under the price.',
    },
    answer: 'Your host answered:',
    decision: 'Decision:',
    withdraw: 'Withdraw the complaint',
    withdrawn: 'Your complaint was withdrawn.',
  },
};

export type SafetyWords = typeof words;
export default words;
