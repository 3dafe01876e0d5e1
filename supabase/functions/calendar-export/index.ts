import { openDatabase } from '../_shared/database.ts';
import { serve } from '../_shared/http.ts';
import { exportCalendar } from './handler.ts';

export default serve({
  name: 'calendar-export',
  methods: ['GET', 'HEAD'],
  open: () => exportCalendar({ database: openDatabase() }),
});
