import { core } from '../../i18n/index.ts';
import { Dialog } from '../../kit/dialog.tsx';
import { SearchBox } from '../../search-box/search-box.tsx';
import type { Search } from './criteria.ts';

/** Where, when and who on a narrow screen. */
export default function BoxDialog({ search, onClose }: { search: Search; onClose: () => void }) {
  return (
    <Dialog title={core().search.change} onClose={onClose}>
      <div class='box-dialog'>
        <SearchBox search={search} onDone={onClose} />
      </div>
    </Dialog>
  );
}
