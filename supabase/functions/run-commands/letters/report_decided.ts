import { yes } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

export const report_decided = newsLetter({ facts: { acted: yes } }, {
  en: (said) => [
    'Decision on your report',
    said.acted
      ? 'We have looked into your report and taken action.'
      : 'We have looked into your report and found nothing that breaks our rules.',
  ],
  de: (said) => [
    'Entscheidung zu deiner Meldung',
    said.acted
      ? 'Wir haben uns deine Meldung angesehen und etwas unternommen.'
      : 'Wir haben uns deine Meldung angesehen und nichts gefunden, was gegen unsere Regeln verstößt.',
  ],
  fr: (said) => [
    'Décision sur votre signalement',
    said.acted
      ? 'Nous avons examiné votre signalement et pris des mesures.'
      : 'Nous avons examiné votre signalement et n’avons rien trouvé de contraire à nos règles.',
  ],
  es: (said) => [
    'Decisión sobre tu denuncia',
    said.acted
      ? 'Hemos revisado tu denuncia y hemos tomado medidas.'
      : 'Hemos revisado tu denuncia y no hemos encontrado nada que incumpla nuestras normas.',
  ],
});
