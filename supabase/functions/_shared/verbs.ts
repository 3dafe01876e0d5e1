// Generated from the migrations by npm run types; never edited.

/** Of what is in a jsonb the catalog knows nothing. */
type Json = unknown;

/** The verbs that edge functions call: an excerpt of types/database.ts. */
export interface Database {
  public: {
    Functions: {
      'apply_calendar_feed': {
        Args: {
          'attempt': number;
          'broken_uids': (string)[];
          'etag': string;
          'event_problems': (string)[];
          'events': (Database['public']['CompositeTypes']['feed_event'])[];
          'events_seen': number;
          'feed_id': string;
          'last_modified': string;
        };
        Returns: string;
      };
      'apply_dispute': {
        Args: {
          'amount_minor': number;
          'asked_at'?: string;
          'currency': string;
          'dispute_status': string;
          'event_id': string;
          'fee_minor': number;
          'reinstated_minor': number;
          'stripe_dispute_id': string;
          'stripe_intent_id': string;
          'withdrawn_minor': number;
        };
        Returns: string;
      };
      'apply_fraud_warning': {
        Args: { 'event_id': string; 'stripe_intent_id': string; 'stripe_warning_id': string };
        Returns: string;
      };
      'apply_host_account': {
        Args: {
          'asked_at': string;
          'closed': boolean;
          'event_id': string;
          'host_id': string;
          'requirements': (string)[];
          'stripe_account_id': string;
          'transfers_status': string;
        };
        Returns: string;
      };
      'apply_payment_intent': {
        Args: {
          'amount_minor': number;
          'capture_before': string;
          'currency': string;
          'event_id': string;
          'intent_status': string;
          'last_error': string;
          'payment_id': string;
          'received_minor': number;
          'stripe_charge_id': string;
          'stripe_customer_id'?: string;
          'stripe_intent_id': string;
          'stripe_payment_method_id'?: string;
        };
        Returns: string;
      };
      'apply_refund': {
        Args: {
          'event_id': string;
          'refund_id': string;
          'refund_status': string;
          'stripe_refund_id': string;
        };
        Returns: string;
      };
      'apply_reversal': {
        Args: { 'amount_minor'?: number; 'reversal_id': string; 'stripe_reversal_id': string };
        Returns: undefined;
      };
      'apply_setup': {
        Args: {
          'event_id': string;
          'last_error': string;
          'payment_id': string;
          'setup_status': string;
          'stripe_payment_method_id': string;
          'stripe_setup_intent_id': string;
        };
        Returns: string;
      };
      'apply_transfer': {
        Args: {
          'amount_minor': number;
          'currency': string;
          'event_id': string;
          'payout_id': string;
          'stripe_transfer_id': string;
        };
        Returns: string;
      };
      'claim_calendar_feeds': {
        Args: { 'most': number };
        Returns: Database['public']['CompositeTypes']['calendar_feed_to_read'][];
      };
      'claim_commands': {
        Args: { 'most': number };
        Returns: Database['public']['CompositeTypes']['command_to_run'][];
      };
      'claim_files': {
        Args: { 'most': number };
        Returns: Database['public']['CompositeTypes']['file_to_check'][];
      };
      'claim_stripe_checks': {
        Args: { 'most': number };
        Returns: Database['public']['CompositeTypes']['stripe_check_to_run'][];
      };
      'claim_stripe_events': {
        Args: { 'most': number };
        Returns: Database['public']['CompositeTypes']['stripe_event_to_apply'][];
      };
      'clock_now': { Args: Record<PropertyKey, never>; Returns: string };
      'close_stripe_event': { Args: { 'event_id': string; 'outcome': string }; Returns: undefined };
      'export_calendar': {
        Args: { 'feed_id': string; 'token': string };
        Returns: Database['public']['CompositeTypes']['exported_calendar'];
      };
      'fail_calendar_feed': {
        Args: {
          'attempt': number;
          'feed_id': string;
          'http_status': number;
          'problem': Database['public']['Enums']['feed_problem'];
        };
        Returns: string;
      };
      'fail_command': {
        Args: { 'command_id': string; 'problem': string; 'retry': boolean };
        Returns: undefined;
      };
      'fail_stripe_check': {
        Args: {
          'kind': Database['public']['Enums']['stripe_check_kind'];
          'problem': string;
          'subject': string;
        };
        Returns: undefined;
      };
      'finish_command': { Args: { 'command_id': string }; Returns: undefined };
      'finish_file': { Args: { 'attempt': number; 'file_id': string }; Returns: boolean };
      'finish_stripe_check': {
        Args: { 'kind': Database['public']['Enums']['stripe_check_kind']; 'subject': string };
        Returns: undefined;
      };
      'forget_customer': { Args: { 'guest_id': string }; Returns: undefined };
      'health_report': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['CompositeTypes']['health_part'][];
      };
      'import_refund': {
        Args: {
          'amount_minor': number;
          'event_id': string;
          'refund_status': string;
          'stripe_intent_id': string;
          'stripe_refund_id': string;
        };
        Returns: string;
      };
      'import_reversal': {
        Args: { 'amount_minor': number; 'payout_id': string; 'stripe_reversal_id': string };
        Returns: string;
      };
      'keep_calendar_feed': { Args: { 'attempt': number; 'feed_id': string }; Returns: string };
      'metrics': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['CompositeTypes']['metric_sample'][];
      };
      'record_balances': {
        Args: { 'balances': (Database['public']['CompositeTypes']['stripe_balance'])[] };
        Returns: undefined;
      };
      'record_customer': {
        Args: { 'guest_id': string; 'replaces'?: string; 'stripe_customer_id': string };
        Returns: string;
      };
      'record_delivery': {
        Args: {
          'delivery_id': string;
          'problem': string;
          'status_code': number;
          'took_ms': number;
        };
        Returns: boolean;
      };
      'record_floor': { Args: { 'currency': string; 'floor_minor': number }; Returns: undefined };
      'record_host_account': {
        Args: { 'host_id': string; 'stripe_account_id': string };
        Returns: undefined;
      };
      'record_intent': {
        Args: { 'payment_id': string; 'stripe_intent_id': string };
        Returns: undefined;
      };
      'record_movements': {
        Args: {
          'movements': (Database['public']['CompositeTypes']['stripe_movement'])[];
          'read_until': string;
        };
        Returns: number;
      };
      'record_setup': {
        Args: { 'payment_id': string; 'stripe_setup_intent_id': string };
        Returns: undefined;
      };
      'record_stripe_fee': {
        Args: {
          'currency': string;
          'event_id': string;
          'fee_minor': number;
          'stripe_intent_id': string;
        };
        Returns: string;
      };
      'record_zone_data': {
        Args: { 'differing': (string)[]; 'engine': string; 'version': string };
        Returns: boolean;
      };
      'refuse_charge': { Args: { 'payment_id': string; 'reason': string }; Returns: undefined };
      'refuse_file': {
        Args: {
          'attempt': number;
          'file_id': string;
          'problem': Database['public']['Enums']['file_problem'];
        };
        Returns: boolean;
      };
      'refuse_refund': {
        Args: { 'dispute_open': boolean; 'left_minor': number; 'refund_id': string };
        Returns: string;
      };
      'refuse_transfer': {
        Args: { 'payout_id': string; 'reason': Database['public']['Enums']['payout_reason'] };
        Returns: undefined;
      };
      'retire_intent': {
        Args: { 'payment_id': string; 'stripe_intent_id': string };
        Returns: boolean;
      };
      'start_host_account': {
        Args: { 'country_code': string };
        Returns: Database['public']['CompositeTypes']['host_account_start'];
      };
      'start_payment': {
        Args: { 'booking_id': string };
        Returns: Database['public']['CompositeTypes']['payment_start'];
      };
      'store_stripe_event': {
        Args: { 'event_id': string; 'object_id': string; 'type': string };
        Returns: boolean;
      };
      'unsubscribe': { Args: { 'token': string }; Returns: string };
      'zone_rules': {
        Args: { 'first': string; 'last': string; 'names': (string)[] };
        Returns: Database['public']['CompositeTypes']['zone_rules'][];
      };
      'zones_to_compare': { Args: { 'engine': string }; Returns: string[] };
    };
    CompositeTypes: {
      'calendar_feed_to_read': {
        'feed_id': string;
        'attempt': number;
        'url': string;
        'listing_id': string;
        'time_zone': string;
        'today': string;
        'starts_on': string;
        'ends_on': string;
        'etag': string | null;
        'last_modified': string | null;
        'may_be_local': boolean;
      };
      'command_to_run': {
        'command_id': string;
        'kind': Database['public']['Enums']['command_kind'];
        'idempotency_key': string;
        'attempts': number;
        'created_at': string;
        'booking_id': string | null;
        'payment_id': string | null;
        'refund_id': string | null;
        'payout_id': string | null;
        'reversal_id': string | null;
        'amount_minor': number | null;
        'currency': string | null;
        'capture_mode': Database['public']['Enums']['capture_mode'] | null;
        'saves_card': boolean | null;
        'charge_at': string | null;
        'guest_id': string | null;
        'stripe_customer_id': string | null;
        'stripe_intent_id': string | null;
        'stripe_setup_intent_id': string | null;
        'stripe_payment_method_id': string | null;
        'stripe_charge_id': string | null;
        'stripe_account_id': string | null;
        'stripe_transfer_id': string | null;
        'template': string | null;
        'recipient': string | null;
        'locale': string | null;
        'facts': Json | null;
        'problem': string | null;
      };
      'exported_calendar': {
        'listing_id': string;
        'title': string;
        'events': (Database['public']['CompositeTypes']['exported_event'])[];
        'asked_at': string;
      };
      'exported_event': {
        'uid': string;
        'check_in': string;
        'check_out': string;
        'is_stay': boolean;
      };
      'feed_event': {
        'uid': string;
        'check_in': string;
        'check_out': string;
        'summary': string | null;
      };
      'file_to_check': {
        'file_id': string;
        'attempt': number;
        'bucket_id': string;
        'name': string;
        'type': string;
        'cache_seconds': number;
        'public_bucket': string;
        'brought': boolean;
        'shown': boolean;
        'to_show': boolean;
      };
      'health_part': {
        'part': string;
        'healthy': boolean;
        'detail': string;
      };
      'host_account_start': {
        'host_id': string;
        'status': Database['public']['Enums']['host_account_status'];
        'country_code': string;
        'contact_email': string | null;
        'display_name': string;
        'stripe_account_id': string | null;
        'idempotency_key': string;
      };
      'metric_sample': {
        'metric': string;
        'labels': Json;
        'value': number;
      };
      'payment_start': {
        'payment_id': string;
        'booking_id': string;
        'mode': 'payment' | 'setup';
        'amount_minor': number;
        'currency': string;
        'capture_mode': Database['public']['Enums']['capture_mode'];
        'saves_card': boolean;
        'charge_at': string | null;
        'guest_id': string;
        'stripe_customer_id': string | null;
        'stripe_intent_id': string | null;
        'idempotency_key': string;
        'expires_at': string | null;
      };
      'stripe_balance': {
        'currency': string;
        'balance_minor': number;
      };
      'stripe_check_to_run': {
        'kind': Database['public']['Enums']['stripe_check_kind'];
        'subject': string;
        'read_from': string | null;
        'read_until': string | null;
        'floors': Json | null;
      };
      'stripe_event_to_apply': {
        'event_id': string;
        'type': string;
        'object_id': string | null;
      };
      'stripe_movement': {
        'movement_id': string;
        'object_id': string | null;
        'about_id': string | null;
        'type': string;
        'currency': string;
        'net_minor': number;
        'moved_at': string;
      };
      'zone_rules': {
        'time_zone': string;
        'since': (number)[];
        'offsets': (number)[];
      };
    };
    Enums: {
      'capture_mode': 'automatic' | 'manual';
      'command_kind':
        | 'create_intent'
        | 'create_setup'
        | 'capture'
        | 'charge'
        | 'cancel_intent'
        | 'cancel_setup'
        | 'refund'
        | 'transfer'
        | 'reverse_transfer'
        | 'reconcile'
        | 'delete_customer'
        | 'remove_evidence'
        | 'remove_photos'
        | 'remove_pictures'
        | 'remove_unused'
        | 'send_mail'
        | 'deliver_webhook';
      'feed_problem':
        | 'address_not_allowed'
        | 'host_not_found'
        | 'unreachable'
        | 'too_slow'
        | 'too_large'
        | 'too_many_redirects'
        | 'bad_answer'
        | 'unknown_encoding'
        | 'not_a_calendar'
        | 'too_many_events';
      'file_problem': 'not_an_image' | 'wrong_type';
      'host_account_status': 'new' | 'pending' | 'active' | 'restricted' | 'closed';
      'payout_reason':
        | 'disputed'
        | 'fraud_warning'
        | 'complaint'
        | 'no_show'
        | 'settled_in_another_currency'
        | 'host_not_ready'
        | 'balance_insufficient'
        | 'transfer_failed'
        | 'nothing_due';
      'stripe_check_kind': 'host' | 'balance' | 'floor';
    };
  };
}

/** The words of the enums above. */
export const words = {
  'capture_mode': ['automatic', 'manual'],
  'command_kind': [
    'create_intent',
    'create_setup',
    'capture',
    'charge',
    'cancel_intent',
    'cancel_setup',
    'refund',
    'transfer',
    'reverse_transfer',
    'reconcile',
    'delete_customer',
    'remove_evidence',
    'remove_photos',
    'remove_pictures',
    'remove_unused',
    'send_mail',
    'deliver_webhook',
  ],
  'feed_problem': [
    'address_not_allowed',
    'host_not_found',
    'unreachable',
    'too_slow',
    'too_large',
    'too_many_redirects',
    'bad_answer',
    'unknown_encoding',
    'not_a_calendar',
    'too_many_events',
  ],
  'file_problem': ['not_an_image', 'wrong_type'],
  'host_account_status': ['new', 'pending', 'active', 'restricted', 'closed'],
  'payout_reason': [
    'disputed',
    'fraud_warning',
    'complaint',
    'no_show',
    'settled_in_another_currency',
    'host_not_ready',
    'balance_insufficient',
    'transfer_failed',
    'nothing_due',
  ],
  'stripe_check_kind': ['host', 'balance', 'floor'],
} as const;
