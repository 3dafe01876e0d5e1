import type { Stripe } from 'stripe';
import { page } from '../http/list.ts';
import { searchPage } from '../http/search.ts';
import type { Call, Route } from '../http/routes.ts';
import { newId } from '../ids.ts';
import { idOf, type Moment } from '../moment.ts';
import type { State } from '../state.ts';
import { changedTo, checkEmail, find, findCustomer, mergeMetadata } from './find.ts';
import { attach, usePaymentMethod } from './payment-methods.ts';
import { honoured } from './unsupported.ts';

const file = 'resources/Customers';

const known = [
  'address',
  'description',
  'email',
  'expand',
  'metadata',
  'name',
  'phone',
  'preferred_locales',
];

function create({ moment, params }: Call): Stripe.Customer {
  const given = params as unknown as Stripe.CustomerCreateParams;
  honoured(params, [...known, 'payment_method']);
  checkEmail(given.email, 'email');
  const customer: Stripe.Customer = {
    id: newId('cus', 14),
    object: 'customer',
    address: given.address ? address(given.address) : null,
    balance: 0,
    created: moment.now,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: given.description ?? null,
    discount: null,
    email: given.email ?? null,
    invoice_prefix: newId('', 8).slice(1).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: mergeMetadata({}, given.metadata),
    name: given.name ?? null,
    next_invoice_sequence: 1,
    phone: given.phone ?? null,
    preferred_locales: given.preferred_locales ?? [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
  moment.state.tables.customers.set(customer.id, customer);
  moment.emit('customer.created', customer);
  if (given.payment_method) {
    attach(moment, usePaymentMethod(moment, given.payment_method), customer.id);
  }
  return customer;
}

function update({ moment, id, params }: Call): Stripe.Customer {
  const customer = findCustomer(moment.state, id);
  const given = params as Stripe.CustomerUpdateParams;
  honoured(params, [...known, 'invoice_settings']);
  checkEmail(given.email, 'email');
  const before = structuredClone(customer);
  customer.email = changedTo(customer.email, given.email);
  customer.name = changedTo(customer.name ?? null, given.name);
  customer.phone = changedTo(customer.phone ?? null, given.phone);
  customer.description = changedTo(customer.description, given.description);
  if (given.address !== undefined) {
    customer.address = given.address ? address(given.address) : null;
  }
  if (given.preferred_locales) customer.preferred_locales = given.preferred_locales;
  if (given.invoice_settings?.default_payment_method !== undefined) {
    const wanted = given.invoice_settings.default_payment_method;
    if (wanted) {
      find(moment.state, 'payment_methods', wanted, 'invoice_settings[default_payment_method]');
    }
    customer.invoice_settings.default_payment_method = wanted || null;
  }
  customer.metadata = mergeMetadata(customer.metadata, given.metadata);
  emitUpdated(moment, customer, before);
  return customer;
}

function emitUpdated(moment: Moment, customer: Stripe.Customer, before: Stripe.Customer): void {
  if (JSON.stringify(customer) !== JSON.stringify(before)) {
    moment.emit('customer.updated', customer, before);
  }
}

function remove({ moment, id }: Call): Stripe.DeletedCustomer {
  const customer = findCustomer(moment.state, id);
  const deleted: Stripe.DeletedCustomer = { id, object: 'customer', deleted: true };
  moment.state.tables.customers.set(id, deleted);
  for (const method of moment.state.tables.payment_methods.values()) {
    if (idOf(method.customer) !== id) continue;
    method.customer = null;
    moment.state.hidden.spent[method.id] = true;
  }
  moment.emit('customer.deleted', customer);
  return deleted;
}

function address(given: Stripe.AddressParam): Stripe.Address {
  return {
    city: given.city ?? null,
    country: given.country ?? null,
    line1: given.line1 ?? null,
    line2: given.line2 ?? null,
    postal_code: given.postal_code ?? null,
    state: given.state ?? null,
  };
}

function living(state: State): Stripe.Customer[] {
  return [...state.tables.customers.values()].filter((row): row is Stripe.Customer => !row.deleted);
}

export const customerRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/customers',
    parameters: { file, name: 'CustomerCreateParams' },
    handle: create,
  },
  {
    method: 'GET',
    path: '/v1/customers/search',
    parameters: { file, name: 'CustomerSearchParams' },
    handle: ({ moment, params, url }) =>
      searchPage(
        url,
        living(moment.state).filter(({ created }) =>
          created <= moment.now - moment.settings.searchLagSeconds
        ),
        ['created', 'email', 'name', 'phone'],
        params as unknown as Stripe.CustomerSearchParams,
      ),
  },
  {
    method: 'GET',
    path: '/v1/customers/:id',
    parameters: { file, name: 'CustomerRetrieveParams' },
    handle: ({ moment, id }) => find(moment.state, 'customers', id),
  },
  {
    method: 'POST',
    path: '/v1/customers/:id',
    parameters: { file, name: 'CustomerUpdateParams' },
    handle: update,
  },
  {
    method: 'DELETE',
    path: '/v1/customers/:id',
    parameters: { file, name: 'CustomerDeleteParams' },
    handle: remove,
  },
  {
    method: 'GET',
    path: '/v1/customers',
    parameters: { file, name: 'CustomerListParams' },
    handle: ({ moment, params, url }) => {
      const { email } = params as Stripe.CustomerListParams;
      const rows = living(moment.state);
      return page(url, email ? rows.filter((row) => row.email === email) : rows, params);
    },
  },
  {
    method: 'GET',
    path: '/v1/customers/:id/payment_methods',
    parameters: { file, name: 'CustomerListPaymentMethodsParams' },
    handle: ({ moment, params, id, url }) => {
      findCustomer(moment.state, id);
      const rows = moment.state.tables.payment_methods.values();
      return page(url, [...rows].filter((row) => idOf(row.customer) === id), params);
    },
  },
];
