import { openWatcherCheck } from '../_shared/auth.ts';
import { openDatabase } from '../_shared/database.ts';
import { serve } from '../_shared/http.ts';
import { tellMetrics } from './handler.ts';

export default serve({
  name: 'metrics',
  methods: ['GET'],
  open: () => tellMetrics({ isWatcher: openWatcherCheck(), database: openDatabase() }),
});
