import { openDatabase } from '../_shared/database.ts';
import { serve } from '../_shared/http.ts';
import { unsubscribe } from './handler.ts';

export default serve({
  name: 'unsubscribe',
  methods: ['GET', 'POST'],
  open: () => unsubscribe({ database: openDatabase() }),
});
