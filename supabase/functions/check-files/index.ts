import { openKeyCheck } from '../_shared/auth.ts';
import { openDatabase } from '../_shared/database.ts';
import { openFiles } from '../_shared/files.ts';
import { serve } from '../_shared/http.ts';
import { checkFiles } from './handler.ts';

const open = () =>
  checkFiles({ checkKey: openKeyCheck(), database: openDatabase(), files: openFiles() });

export default serve({ name: 'check-files', open });
