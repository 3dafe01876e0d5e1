import { useState } from 'preact/hooks';
import { addMonths, monthText, today } from '../format.ts';
import { core } from '../i18n/index.ts';
import { Button } from '../kit/button.tsx';
import { Calendar } from '../kit/calendar.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Select } from '../kit/field.tsx';
import type { Search } from '../pages/search/criteria.ts';

export default function WhenDialog(
  { search, onSearch, onClose }: {
    search: Search;
    onSearch: (search: Search) => void;
    onClose: () => void;
  },
) {
  const words = core().when;
  const [isFlexible, setFlexible] = useState(search.month !== '');
  const [days, setDays] = useState({ check_in: search.check_in, check_out: search.check_out });
  const months = Array.from({ length: 12 }, (_, at) => addMonths(today().slice(0, 7), at));
  return (
    <Dialog
      title={words.choose}
      wide
      onClose={onClose}
      footer={
        <>
          <Button
            kind='quiet'
            onClick={() => {
              setDays({ check_in: '', check_out: '' });
              onSearch({ ...search, check_in: '', check_out: '', flex: 0, month: '' });
            }}
          >
            {words.clear}
          </Button>
          <Button kind='primary' onClick={onClose}>{words.done}</Button>
        </>
      }
    >
      <div class='stack'>
        <div class='row' role='group' aria-label={words.label}>
          <button
            class='chip'
            type='button'
            aria-pressed={!isFlexible}
            onClick={() => {
              setFlexible(false);
              onSearch({ ...search, month: '' });
            }}
          >
            {words.exact}
          </button>
          <button
            class='chip'
            type='button'
            aria-pressed={isFlexible}
            onClick={() => {
              setFlexible(true);
              setDays({ check_in: '', check_out: '' });
              onSearch({
                ...search,
                check_in: '',
                check_out: '',
                flex: 0,
                month: search.month || months[1]!,
              });
            }}
          >
            {words.flexible}
          </button>
        </div>
        {isFlexible
          ? (
            <div class='stack'>
              <Select
                label={words.month}
                value={search.month}
                options={months.map((month) => [month, monthText(month)] as const)}
                onValue={(month) => onSearch({ ...search, month })}
              />
              <Select
                label={words.length}
                value={search.stay}
                options={[['weekend', words.weekend], ['week', words.week]]}
                onValue={(stay) => onSearch({ ...search, stay })}
              />
            </div>
          )
          : (
            <>
              <Calendar
                months={matchMedia('(min-width: 720px)').matches ? 2 : 1}
                days={days}
                onDays={(chosen) => {
                  setDays(chosen);
                  if (chosen.check_out !== '') onSearch({ ...search, ...chosen, month: '' });
                }}
              />
              <div class='row' role='group' aria-label={words.flexible}>
                {[0, 1, 2, 3].map((flex) => (
                  <button
                    key={flex}
                    class='chip'
                    type='button'
                    aria-pressed={search.flex === flex}
                    onClick={() => onSearch({ ...search, flex })}
                  >
                    {flex === 0 ? words.exact : words.flexDays(flex)}
                  </button>
                ))}
              </div>
            </>
          )}
      </div>
    </Dialog>
  );
}
