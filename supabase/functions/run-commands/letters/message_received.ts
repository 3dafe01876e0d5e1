import { name, needed, text } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

const facts = { conversation_id: needed(text), sender_name: needed(name), body: needed(text) };

export const message_received = newsLetter({
  about: 'conversation',
  facts,
  page: ({ conversation_id }) => `conversations/${conversation_id}`,
}, {
  en: (said) => [
    `New message: ${said.listing_title}`,
    `${said.sender_name} sent you a message about ${said.listing_title}:`,
    said.body,
  ],
  de: (said) => [
    `Neue Nachricht: ${said.listing_title}`,
    `${said.sender_name} hat dir zu ${said.listing_title} geschrieben:`,
    said.body,
  ],
  fr: (said) => [
    `Nouveau message\u00a0: ${said.listing_title}`,
    `${said.sender_name} vous a écrit au sujet de ce logement\u00a0: ${said.listing_title}`,
    said.body,
  ],
  es: (said) => [
    `Nuevo mensaje: ${said.listing_title}`,
    `${said.sender_name} te ha escrito sobre ${said.listing_title}:`,
    said.body,
  ],
});
