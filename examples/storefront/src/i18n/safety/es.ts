import type { SafetyWords } from './en.ts';

const words: SafetyWords = {
  report: {
    titles: {
      listing: 'Denunciar este alojamiento',
      person: 'Denunciar a esta persona',
      review: 'Denunciar esta reseña',
      message: 'Denunciar este mensaje',
    },
    text: 'Solo nuestro equipo de ayuda ve tu denuncia. La otra persona no sabrá quién la envió.',
    danger: 'Si estás en peligro, llama primero al número de emergencias local.',
    category: '¿Qué ocurre?',
    categories: {
      fraud: 'Fraude o estafa',
      harassment: 'Acoso o amenazas',
      hate: 'Odio o discriminación',
      danger: 'Peligro para las personas',
      illegal: 'Algo ilegal',
      inaccurate: 'Información falsa o engañosa',
      spam: 'Spam o publicidad',
      other: 'Otra cosa',
    },
    body: '¿Qué ha pasado? (opcional)',
    send: 'Enviar denuncia',
    sent: 'Gracias por tu denuncia. Nuestro equipo la revisará.',
  },
  evidence: {
    label: 'Fotos u otros archivos (opcional)',
    hint:
      'Hasta 10 imágenes, PDF o vídeos MP4 de 20 MB cada uno. Solo los ve nuestro equipo de asistencia.',
    yours: 'Tus archivos',
    added: 'Añadido. Nuestro equipo de asistencia lo ve con el caso.',
  },
  noShow: {
    title: '¿Llegaste al alojamiento?',
    states: {
      reported: 'Comunicada',
      objected: 'Pendiente de decisión',
      upheld: 'Confirmada',
      dismissed: 'Desestimada',
      withdrawn: 'Retirada',
      overtaken: 'Sin efecto',
    },
    until: (when) =>
      `Tu anfitrión ha avisado de que no te presentaste. Si no es así, avísanos antes del ${when}. De lo contrario, la estancia terminará como si la hubieras cancelado en el momento del aviso.`,
    body: '¿Qué ha pasado? (opcional)',
    object: 'Sí que llegué',
    sent: 'Gracias. Nuestro equipo decidirá.',
    yours: 'Tu respuesta:',
    decision: 'Decisión:',
  },
  claim: {
    title: (amount) => `Tu anfitrión reclama ${amount} por daños`,
    states: {
      open: 'Espera tu respuesta',
      disputed: 'Pendiente de decisión',
      withdrawn: 'Retirada',
      dismissed: 'Desestimada',
      owed: 'Cobro en curso',
      paid: 'Pagada',
      unpaid: 'Sin pagar',
    },
    until: (when) =>
      `Acepta o rechaza la reclamación antes del ${when}. De lo contrario, nuestro equipo decidirá sin tu respuesta. Hasta entonces no se cobra nada.`,
    owes: (amount) => `Importe pendiente: ${amount}`,
    body: '¿Por qué no estás de acuerdo? (opcional)',
    accept: (amount) => `Aceptar y pagar ${amount}`,
    dispute: 'No estoy de acuerdo',
    accepted: 'Gracias. Se cobrará en tu tarjeta.',
    disputed: 'Hemos enviado tu objeción. Nuestro equipo decidirá.',
    yours: 'Tu respuesta:',
    decision: 'Decisión:',
  },
  block: {
    title: (name) => `¿Bloquear a ${name}?`,
    text:
      'No podréis reservar los alojamientos del otro ni escribiros. Las reservas que ya tenéis siguen en pie. La otra persona no recibe ningún aviso.',
    confirm: 'Bloquear',
    done: (name) => `Has bloqueado a ${name}.`,
    undone: (name) => `Has desbloqueado a ${name}.`,
    listTitle: 'Personas bloqueadas',
    listNone: 'No has bloqueado a nadie.',
    someone: 'Una persona cuyo perfil no puedes ver',
  },
  complaint: {
    title: 'Informar de un problema con esta estancia',
    text:
      'Escribe primero a tu anfitrión: así se resuelve la mayoría de los problemas. Si no, avísanos. El pago al anfitrión espera hasta que decida nuestro equipo.',
    category: '¿Cuál es el problema?',
    categories: {
      no_access: 'No pude entrar',
      not_as_described: 'El alojamiento no es como se describe',
      not_clean: 'No está limpio',
      not_working: 'Algo no funciona',
      not_safe: 'No es seguro',
      other: 'Otra cosa',
    },
    body: '¿Qué ha pasado?',
    bodyHint: 'Tu anfitrión lo ve y puede responder.',
    send: 'Enviar reclamación',
    sent: 'Tu reclamación se ha enviado. Hemos avisado a tu anfitrión y a nuestro equipo.',
    yours: 'Tu reclamación',
    states: {
      open: 'Abierta',
      withdrawn: 'Retirada',
      dismissed: 'Desestimada',
      refunded: 'Reembolsada',
    },
    stateTexts: {
      open: 'Nuestro equipo decidirá, con o sin respuesta de tu anfitrión.',
      withdrawn: 'Has retirado esta reclamación.',
      dismissed: 'Nuestro equipo no vio motivo para un reembolso.',
      refunded: 'Nuestro equipo decidió un reembolso. El importe está debajo del precio.',
    },
    answer: 'Respuesta del anfitrión:',
    decision: 'Decisión:',
    withdraw: 'Retirar la reclamación',
    withdrawn: 'Tu reclamación se ha retirado.',
  },
};

export default words;
