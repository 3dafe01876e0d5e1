import type { SafetyWords } from './en.ts';

const words: SafetyWords = {
  report: {
    titles: {
      listing: 'Diese Unterkunft melden',
      person: 'Diese Person melden',
      review: 'Diese Bewertung melden',
      message: 'Diese Nachricht melden',
    },
    text:
      'Nur unser Support sieht deine Meldung. Die andere Person erfährt nicht, von wem sie kommt.',
    danger: 'Bist du in Gefahr, wähle zuerst die örtliche Notrufnummer.',
    category: 'Was ist nicht in Ordnung?',
    categories: {
      fraud: 'Betrug',
      harassment: 'Belästigung oder Drohungen',
      hate: 'Hass oder Diskriminierung',
      danger: 'Gefahr für Menschen',
      illegal: 'Etwas Verbotenes',
      inaccurate: 'Falsche oder irreführende Angaben',
      spam: 'Spam oder Werbung',
      other: 'Etwas anderes',
    },
    body: 'Was ist passiert? (optional)',
    send: 'Meldung senden',
    sent: 'Danke für deine Meldung. Unser Team sieht sie sich an.',
  },
  evidence: {
    label: 'Fotos oder andere Dateien (optional)',
    hint: 'Bis zu 10 Bilder, PDFs oder MP4-Videos mit je 20 MB. Nur unser Support-Team sieht sie.',
    yours: 'Deine Dateien',
    added: 'Hinzugefügt. Unser Support-Team sieht es beim Fall.',
  },
  noShow: {
    title: 'Bist du angereist?',
    states: {
      reported: 'Gemeldet',
      objected: 'Wird entschieden',
      upheld: 'Bestätigt',
      dismissed: 'Abgelehnt',
      withdrawn: 'Zurückgezogen',
      overtaken: 'Hinfällig',
    },
    until: (when) =>
      `Es wurde gemeldet, dass du nicht angereist bist. Falls doch, gib uns bitte bis ${when} Bescheid. Andernfalls endet der Aufenthalt so, als hättest du ihn bei der Meldung storniert.`,
    body: 'Was ist passiert? (optional)',
    object: 'Ich bin angereist',
    sent: 'Danke. Unser Team entscheidet.',
    yours: 'Deine Antwort:',
    decision: 'Entscheidung:',
  },
  claim: {
    title: (amount) => `Schadensforderung über ${amount}`,
    states: {
      open: 'Wartet auf deine Antwort',
      disputed: 'Wird entschieden',
      withdrawn: 'Zurückgezogen',
      dismissed: 'Abgelehnt',
      owed: 'Wird abgebucht',
      paid: 'Bezahlt',
      unpaid: 'Unbezahlt',
    },
    until: (when) =>
      `Bitte stimme bis ${when} zu oder widersprich. Andernfalls entscheidet unser Team ohne deine Antwort. Bis dahin wird nichts abgebucht.`,
    owes: (amount) => `Zu zahlen: ${amount}`,
    body: 'Warum widersprichst du? (optional)',
    accept: (amount) => `${amount} bezahlen`,
    dispute: 'Widersprechen',
    accepted: 'Danke. Deine Karte wird belastet.',
    disputed: 'Dein Widerspruch wurde gesendet. Unser Team entscheidet.',
    yours: 'Deine Antwort:',
    decision: 'Entscheidung:',
  },
  block: {
    title: (name) => `${name} blockieren?`,
    text:
      'Ihr könnt dann keine Unterkünfte voneinander mehr buchen und euch nicht mehr schreiben. Bestehende Buchungen gelten weiter. Die andere Person erfährt es nicht.',
    confirm: 'Blockieren',
    done: (name) => `Du hast ${name} blockiert.`,
    undone: (name) => `${name} ist nicht mehr blockiert.`,
    listTitle: 'Blockierte Personen',
    listNone: 'Du hast niemanden blockiert.',
    someone: 'Eine Person, deren Profil du nicht sehen kannst',
  },
  complaint: {
    title: 'Ein Problem mit diesem Aufenthalt melden',
    text:
      'Schreib zuerst dem Gastgeber: Das löst die meisten Probleme. Wenn nicht, wende dich an uns. Die Auszahlung an den Gastgeber wartet, bis unser Team entschieden hat.',
    category: 'Was ist das Problem?',
    categories: {
      no_access: 'Ich kam nicht hinein',
      not_as_described: 'Die Unterkunft ist nicht wie beschrieben',
      not_clean: 'Sie ist nicht sauber',
      not_working: 'Etwas funktioniert nicht',
      not_safe: 'Sie ist nicht sicher',
      other: 'Etwas anderes',
    },
    body: 'Was ist passiert?',
    bodyHint: 'Dein Gastgeber sieht das und kann antworten.',
    send: 'Beschwerde senden',
    sent: 'Deine Beschwerde ist gesendet. Dein Gastgeber und unser Team wissen Bescheid.',
    yours: 'Deine Beschwerde',
    states: {
      open: 'Offen',
      withdrawn: 'Zurückgezogen',
      dismissed: 'Zurückgewiesen',
      refunded: 'Erstattet',
    },
    stateTexts: {
      open: 'Unser Team entscheidet, auch ohne eine Antwort des Gastgebers.',
      withdrawn: 'Du hast diese Beschwerde zurückgezogen.',
      dismissed: 'Unser Team sah keinen Grund für eine Erstattung.',
      refunded: 'Unser Team hat eine Erstattung beschlossen. Der Betrag steht unter dem Preis.',
    },
    answer: 'Antwort des Gastgebers:',
    decision: 'Entscheidung:',
    withdraw: 'Beschwerde zurückziehen',
    withdrawn: 'Deine Beschwerde ist zurückgezogen.',
  },
};

export default words;
