import { refetchSetup } from '../_shared/intents.ts';
import { closeAsForeign, type EventHandler } from './event.ts';

export const setupIntentChanged: EventHandler = async (event, ports) => {
  const setup = await refetchSetup(event.objectId, ports, event.id);
  return setup === undefined ? await closeAsForeign(event, ports) : setup.status;
};
