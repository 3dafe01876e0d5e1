import { must, query } from '@staybase/client';
import { staybase, useQuery } from '../api.ts';

/** A field that this marketplace has of its own, as `listing_forms` describes it. */
export interface CustomField {
  name: string;
  label: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
  isRequired: boolean;
  description?: string;
  /** Of an array, those of its items. */
  options?: (string | number)[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}

export type CustomValues = Record<string, unknown>;

interface Property {
  type: CustomField['type'];
  title?: string;
  description?: string;
  enum?: (string | number)[];
  items?: { enum?: string[] };
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}

interface Schema {
  properties?: Record<string, Property>;
  required?: string[];
}

const formQuery = () =>
  query('listing_forms', {}, async (signal) => {
    const form = await must(
      staybase.from('listing_forms').select('schema').abortSignal(signal).maybeSingle(),
    );
    const { properties = {}, required = [] } = (form?.schema ?? {}) as Schema;
    return Object.entries(properties).map((
      [name, { title, enum: own, items, ...rest }],
    ): CustomField => {
      const options = own ?? items?.enum;
      return {
        ...rest,
        name,
        label: title ?? name.replaceAll('_', ' '),
        isRequired: required.includes(name),
        ...(options && { options }),
      };
    }).sort((one, other) => one.label.localeCompare(other.label));
  });

/** The fields of this marketplace by name, because jsonb keeps no order; none until they are known. */
export function useCustomFields(isAsked = true): CustomField[] {
  const { answer } = useQuery(isAsked && formQuery());
  return answer ?? [];
}

/** The values of fields that there are now. */
export const onlyKnown = (values: CustomValues, fields: CustomField[]): CustomValues =>
  Object.fromEntries(fields.flatMap(({ name }) => name in values ? [[name, values[name]]] : []));
