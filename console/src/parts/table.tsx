import type { ComponentChildren } from 'preact';
import type { Loaded, Pages } from './load.ts';
import { Refusal } from './show.tsx';

export interface Column<Row> {
  name: string;
  show: (row: Row) => ComponentChildren;
  /** Numbers are aligned right. */
  isNumber?: boolean;
}

export function Table<Row>(
  { caption, columns, rows, keyOf, empty = 'Nothing here.' }: {
    caption: string;
    columns: Column<Row>[];
    rows: Row[];
    keyOf: (row: Row) => string | number;
    empty?: string;
  },
) {
  if (rows.length === 0) return <p class='empty'>{empty}</p>;
  return (
    <div class='table' role='region' aria-label={caption} tabIndex={0}>
      <table>
        <caption class='unseen'>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th
                key={name}
                scope='col'
                class={isNumber ? 'number' : undefined}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} tabIndex={-1}>
              {columns.map(({ name, show, isNumber }) => (
                <td key={name} class={isNumber ? 'number' : undefined}>
                  {show(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Shows that something is loading, its problem, or the result. */
export function Loading(
  { answer, problem, isLoading, children }: Omit<Loaded<unknown>, 'reload'> & {
    children: ComponentChildren;
  },
) {
  return (
    <>
      <Refusal problem={problem} />
      {answer !== undefined ? children : isLoading && <p class='empty' role='status'>Loading…</p>}
    </>
  );
}

/** Pages of rows, and the button for the next one. */
export function Paged<Row>(
  { pages: { rows, problem, isLoading, more }, children }: {
    pages: Pages<Row>;
    children: ComponentChildren;
  },
) {
  const isAnswered = rows.length > 0 || (!isLoading && problem === undefined);
  return (
    <Loading answer={isAnswered ? rows : undefined} problem={problem} isLoading={isLoading}>
      {children}
      {more !== undefined && <button type='button' class='more' onClick={more}>More</button>}
    </Loading>
  );
}

export function PagedTable<Row>(
  { pages, ...table }: {
    pages: Pages<Row>;
    caption: string;
    columns: Column<Row>[];
    keyOf: (row: Row) => string | number;
    empty?: string;
  },
) {
  return (
    <Paged pages={pages}>
      <Table rows={pages.rows} {...table} />
    </Paged>
  );
}
