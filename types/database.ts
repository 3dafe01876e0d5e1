// Generated from the migrations by npm run types; never edited.

import type { PersonalDocument } from './documents.ts';

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  'public': {
    Tables: {
      'alterations': {
        Row: {
          'accepted_at': string | null;
          'alteration_id': string;
          'booking_id': string;
          'check_in': string;
          'check_out': string;
          'child_ages': (number)[];
          'created_at': string;
          'ended_at': string | null;
          'expires_at': string;
          'former_check_in': string;
          'former_check_out': string;
          'former_child_ages': (number)[];
          'former_guests': number;
          'former_infants': number;
          'former_pets': number;
          'guest_id': string;
          'guests': number;
          'infants': number;
          'listing_id': string;
          'pets': number;
          'proposed_by': Database['public']['Enums']['booking_actor'];
          'status': Database['public']['Enums']['alteration_status'];
        };
        ComputedFields: never;
        Insert: {
          'accepted_at'?: string | null;
          'alteration_id': string;
          'booking_id': string;
          'check_in': string;
          'check_out': string;
          'child_ages'?: (number)[];
          'created_at': string;
          'ended_at'?: string | null;
          'expires_at': string;
          'former_check_in': string;
          'former_check_out': string;
          'former_child_ages'?: (number)[];
          'former_guests': number;
          'former_infants': number;
          'former_pets': number;
          'guest_id': string;
          'guests': number;
          'infants': number;
          'listing_id': string;
          'pets': number;
          'proposed_by': Database['public']['Enums']['booking_actor'];
          'status'?: Database['public']['Enums']['alteration_status'];
        };
        Update: {
          'accepted_at'?: string | null;
          'alteration_id'?: string;
          'booking_id'?: string;
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'created_at'?: string;
          'ended_at'?: string | null;
          'expires_at'?: string;
          'former_check_in'?: string;
          'former_check_out'?: string;
          'former_child_ages'?: (number)[];
          'former_guests'?: number;
          'former_infants'?: number;
          'former_pets'?: number;
          'guest_id'?: string;
          'guests'?: number;
          'infants'?: number;
          'listing_id'?: string;
          'pets'?: number;
          'proposed_by'?: Database['public']['Enums']['booking_actor'];
          'status'?: Database['public']['Enums']['alteration_status'];
        };
        Relationships: [
          {
            foreignKeyName: 'alterations_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'alterations_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'alterations_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'amenities': {
        Row: {
          'amenity': string;
          'bit': number;
          'category': string;
          'name': string;
        };
        ComputedFields: never;
        Insert: {
          'amenity': string;
          'bit': number;
          'category': string;
          'name': string;
        };
        Update: {
          'amenity'?: string;
          'bit'?: number;
          'category'?: string;
          'name'?: string;
        };
        Relationships: [];
      };
      'automatic_messages': {
        Row: {
          'active': boolean;
          'days': number;
          'listing_id': string;
          'occasion': Database['public']['Enums']['message_occasion'];
        };
        ComputedFields: never;
        Insert: {
          'active': boolean;
          'days': number;
          'listing_id': string;
          'occasion': Database['public']['Enums']['message_occasion'];
        };
        Update: {
          'active'?: boolean;
          'days'?: number;
          'listing_id'?: string;
          'occasion'?: Database['public']['Enums']['message_occasion'];
        };
        Relationships: [
          {
            foreignKeyName: 'automatic_messages_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'automatic_texts': {
        Row: {
          'body': string;
          'listing_id': string;
          'locale': string;
          'occasion': Database['public']['Enums']['message_occasion'];
        };
        ComputedFields: never;
        Insert: {
          'body': string;
          'listing_id': string;
          'locale': string;
          'occasion': Database['public']['Enums']['message_occasion'];
        };
        Update: {
          'body'?: string;
          'listing_id'?: string;
          'locale'?: string;
          'occasion'?: Database['public']['Enums']['message_occasion'];
        };
        Relationships: [
          {
            foreignKeyName: 'automatic_texts_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'blocks': {
        Row: {
          'blocked_at': string;
          'blocked_id': string;
          'blocker_id': string;
        };
        ComputedFields: never;
        Insert: {
          'blocked_at'?: string;
          'blocked_id': string;
          'blocker_id': string;
        };
        Update: {
          'blocked_at'?: string;
          'blocked_id'?: string;
          'blocker_id'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'blocks_blocked_id_fkey';
            columns: ['blocked_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'blocks_blocker_id_fkey';
            columns: ['blocker_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'booking_history': {
        Row: {
          'actor': Database['public']['Enums']['booking_actor'];
          'booking_id': string;
          'from_status': Database['public']['Enums']['booking_status'] | null;
          'moved_at': string;
          'position': number;
          'reason': string | null;
          'to_status': Database['public']['Enums']['booking_status'];
        };
        ComputedFields: never;
        Insert: {
          'actor': Database['public']['Enums']['booking_actor'];
          'booking_id': string;
          'from_status'?: Database['public']['Enums']['booking_status'] | null;
          'moved_at': string;
          'position': number;
          'reason'?: string | null;
          'to_status': Database['public']['Enums']['booking_status'];
        };
        Update: {
          'actor'?: Database['public']['Enums']['booking_actor'];
          'booking_id'?: string;
          'from_status'?: Database['public']['Enums']['booking_status'] | null;
          'moved_at'?: string;
          'position'?: number;
          'reason'?: string | null;
          'to_status'?: Database['public']['Enums']['booking_status'];
        };
        Relationships: [
          {
            foreignKeyName: 'booking_history_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
        ];
      };
      'booking_lines': {
        Row: {
          'amount_minor': number;
          'booking_id': string;
          'description': string;
          'discount_minor': number;
          'kind': Database['public']['Enums']['line_kind'];
          'night': string | null;
          'position': number;
          'quantity': number;
          'unit_minor': number;
        };
        ComputedFields: never;
        Insert: {
          'amount_minor': number;
          'booking_id': string;
          'description': string;
          'discount_minor': number;
          'kind': Database['public']['Enums']['line_kind'];
          'night'?: string | null;
          'position': number;
          'quantity': number;
          'unit_minor': number;
        };
        Update: {
          'amount_minor'?: number;
          'booking_id'?: string;
          'description'?: string;
          'discount_minor'?: number;
          'kind'?: Database['public']['Enums']['line_kind'];
          'night'?: string | null;
          'position'?: number;
          'quantity'?: number;
          'unit_minor'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'booking_lines_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
        ];
      };
      'booking_rules': {
        Row: {
          'advance_notice_days': number;
          'arrival_weekdays': (number)[];
          'booking_window_months': number;
          'departure_weekdays': (number)[];
          'listing_id': string;
          'maximum_nights': number;
          'minimum_nights': number;
          'preparation_nights': number;
          'same_day_cutoff_hour': number;
        };
        ComputedFields: never;
        Insert: {
          'advance_notice_days'?: number;
          'arrival_weekdays'?: (number)[];
          'booking_window_months'?: number;
          'departure_weekdays'?: (number)[];
          'listing_id': string;
          'maximum_nights'?: number;
          'minimum_nights'?: number;
          'preparation_nights'?: number;
          'same_day_cutoff_hour'?: number;
        };
        Update: {
          'advance_notice_days'?: number;
          'arrival_weekdays'?: (number)[];
          'booking_window_months'?: number;
          'departure_weekdays'?: (number)[];
          'listing_id'?: string;
          'maximum_nights'?: number;
          'minimum_nights'?: number;
          'preparation_nights'?: number;
          'same_day_cutoff_hour'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'booking_rules_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: true;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'bookings': {
        Row: {
          'accepted_at': string | null;
          'booking_id': string;
          'cancellation_policy': string;
          'check_in': string;
          'check_in_time': string;
          'check_out': string;
          'check_out_time': string;
          'child_ages': (number)[];
          'confirmed_at': string | null;
          'created_at': string;
          'currency': string;
          'discount': 'new_listing' | 'length_of_stay' | 'early_bird' | 'last_minute' | null;
          'discount_bp': number;
          'expires_at': string | null;
          'guest_id': string;
          'guests': number;
          'host_id': string;
          'infants': number;
          'instant_book': boolean;
          'listing_id': string;
          'message': string;
          'offer_id': string | null;
          'pets': number;
          'placed_at': string | null;
          'preparation_nights': number;
          'reason': string | null;
          'status': Database['public']['Enums']['booking_status'];
          'subtotal_minor': number;
          'taxes_minor': number;
          'time_zone': string;
        };
        ComputedFields: never;
        Insert: {
          'accepted_at'?: string | null;
          'booking_id': string;
          'cancellation_policy': string;
          'check_in': string;
          'check_in_time': string;
          'check_out': string;
          'check_out_time': string;
          'child_ages'?: (number)[];
          'confirmed_at'?: string | null;
          'created_at': string;
          'currency': string;
          'discount'?: 'new_listing' | 'length_of_stay' | 'early_bird' | 'last_minute' | null;
          'discount_bp': number;
          'expires_at'?: string | null;
          'guest_id': string;
          'guests': number;
          'host_id': string;
          'infants': number;
          'instant_book': boolean;
          'listing_id': string;
          'message'?: string;
          'offer_id'?: string | null;
          'pets': number;
          'placed_at'?: string | null;
          'preparation_nights': number;
          'reason'?: string | null;
          'status'?: Database['public']['Enums']['booking_status'];
          'subtotal_minor': number;
          'taxes_minor': number;
          'time_zone': string;
        };
        Update: {
          'accepted_at'?: string | null;
          'booking_id'?: string;
          'cancellation_policy'?: string;
          'check_in'?: string;
          'check_in_time'?: string;
          'check_out'?: string;
          'check_out_time'?: string;
          'child_ages'?: (number)[];
          'confirmed_at'?: string | null;
          'created_at'?: string;
          'currency'?: string;
          'discount'?: 'new_listing' | 'length_of_stay' | 'early_bird' | 'last_minute' | null;
          'discount_bp'?: number;
          'expires_at'?: string | null;
          'guest_id'?: string;
          'guests'?: number;
          'host_id'?: string;
          'infants'?: number;
          'instant_book'?: boolean;
          'listing_id'?: string;
          'message'?: string;
          'offer_id'?: string | null;
          'pets'?: number;
          'placed_at'?: string | null;
          'preparation_nights'?: number;
          'reason'?: string | null;
          'status'?: Database['public']['Enums']['booking_status'];
          'subtotal_minor'?: number;
          'taxes_minor'?: number;
          'time_zone'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'bookings_accept_an_offer';
            columns: ['offer_id'];
            isOneToOne: false;
            referencedRelation: 'offers';
            referencedColumns: ['offer_id'];
          },
          {
            foreignKeyName: 'bookings_cancellation_policy_fkey';
            columns: ['cancellation_policy'];
            isOneToOne: false;
            referencedRelation: 'cancellation_policies';
            referencedColumns: ['cancellation_policy'];
          },
          {
            foreignKeyName: 'bookings_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'bookings_host_id_fkey';
            columns: ['host_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'bookings_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'calendar_days': {
        Row: {
          'closed_to_arrival': boolean;
          'closed_to_departure': boolean;
          'day': string;
          'listing_id': string;
          'minimum_nights': number | null;
          'price_minor': number | null;
        };
        ComputedFields: never;
        Insert: {
          'closed_to_arrival'?: boolean;
          'closed_to_departure'?: boolean;
          'day': string;
          'listing_id': string;
          'minimum_nights'?: number | null;
          'price_minor'?: number | null;
        };
        Update: {
          'closed_to_arrival'?: boolean;
          'closed_to_departure'?: boolean;
          'day'?: string;
          'listing_id'?: string;
          'minimum_nights'?: number | null;
          'price_minor'?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: 'calendar_days_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'calendar_feeds': {
        Row: {
          'attempt': number;
          'claimed_until': string | null;
          'created_at': string;
          'empty_at': string | null;
          'etag': string | null;
          'event_count': number;
          'event_problems': (string)[];
          'failures': number;
          'feed_id': string;
          'health': Database['public']['Enums']['feed_health'];
          'idle_reads': number;
          'ignored_summaries': (string)[];
          'last_error': Database['public']['Enums']['feed_problem'] | null;
          'last_modified': string | null;
          'last_polled_at': string | null;
          'last_status': number | null;
          'last_success_at': string | null;
          'listing_id': string;
          'name': string;
          'next_poll_at': string;
          'read_at': string | null;
          'url': string;
        };
        ComputedFields: never;
        Insert: {
          'attempt'?: number;
          'claimed_until'?: string | null;
          'created_at': string;
          'empty_at'?: string | null;
          'etag'?: string | null;
          'event_count'?: number;
          'event_problems'?: (string)[];
          'failures'?: number;
          'feed_id': string;
          'health'?: never;
          'idle_reads'?: number;
          'ignored_summaries'?: (string)[];
          'last_error'?: Database['public']['Enums']['feed_problem'] | null;
          'last_modified'?: string | null;
          'last_polled_at'?: string | null;
          'last_status'?: number | null;
          'last_success_at'?: string | null;
          'listing_id': string;
          'name': string;
          'next_poll_at': string;
          'read_at'?: string | null;
          'url': string;
        };
        Update: {
          'attempt'?: number;
          'claimed_until'?: string | null;
          'created_at'?: string;
          'empty_at'?: string | null;
          'etag'?: string | null;
          'event_count'?: number;
          'event_problems'?: (string)[];
          'failures'?: number;
          'feed_id'?: string;
          'health'?: never;
          'idle_reads'?: number;
          'ignored_summaries'?: (string)[];
          'last_error'?: Database['public']['Enums']['feed_problem'] | null;
          'last_modified'?: string | null;
          'last_polled_at'?: string | null;
          'last_status'?: number | null;
          'last_success_at'?: string | null;
          'listing_id'?: string;
          'name'?: string;
          'next_poll_at'?: string;
          'read_at'?: string | null;
          'url'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'calendar_feeds_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'cancellation_policies': {
        Row: {
          'cancellation_policy': string;
          'summary': string;
        };
        ComputedFields: never;
        Insert: {
          'cancellation_policy': string;
          'summary': string;
        };
        Update: {
          'cancellation_policy'?: string;
          'summary'?: string;
        };
        Relationships: [];
      };
      'cancellations': {
        Row: {
          'booking_id': string;
          'cancelled_at': string;
          'cancelled_by': Database['public']['Enums']['booking_actor'];
          'rule': Database['public']['Enums']['cancellation_rule'];
        };
        ComputedFields: never;
        Insert: {
          'booking_id': string;
          'cancelled_at': string;
          'cancelled_by': Database['public']['Enums']['booking_actor'];
          'rule': Database['public']['Enums']['cancellation_rule'];
        };
        Update: {
          'booking_id'?: string;
          'cancelled_at'?: string;
          'cancelled_by'?: Database['public']['Enums']['booking_actor'];
          'rule'?: Database['public']['Enums']['cancellation_rule'];
        };
        Relationships: [
          {
            foreignKeyName: 'cancellations_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: true;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
        ];
      };
      'cohost_invitations': {
        Row: {
          'accepted_by': string | null;
          'answered_at': string | null;
          'created_at': string;
          'email': string | null;
          'expires_at': string;
          'invitation_id': string;
          'invited_by': string;
          'listing_id': string;
          'profile_id': string | null;
          'role': Database['public']['Enums']['host_role'];
          'status': Database['public']['Enums']['invitation_status'];
        };
        ComputedFields: never;
        Insert: {
          'accepted_by'?: string | null;
          'answered_at'?: string | null;
          'created_at': string;
          'email'?: string | null;
          'expires_at': string;
          'invitation_id': string;
          'invited_by': string;
          'listing_id': string;
          'profile_id'?: string | null;
          'role': Database['public']['Enums']['host_role'];
          'status'?: Database['public']['Enums']['invitation_status'];
        };
        Update: {
          'accepted_by'?: string | null;
          'answered_at'?: string | null;
          'created_at'?: string;
          'email'?: string | null;
          'expires_at'?: string;
          'invitation_id'?: string;
          'invited_by'?: string;
          'listing_id'?: string;
          'profile_id'?: string | null;
          'role'?: Database['public']['Enums']['host_role'];
          'status'?: Database['public']['Enums']['invitation_status'];
        };
        Relationships: [
          {
            foreignKeyName: 'cohost_invitations_invited_by_fkey';
            columns: ['invited_by'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'cohost_invitations_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'complaints': {
        Row: {
          'answer': string | null;
          'answered_at': string | null;
          'booking_id': string;
          'category': Database['public']['Enums']['complaint_category'];
          'closed_at': string | null;
          'complaint': string;
          'complaint_id': string;
          'created_at': string;
          'decision': string | null;
          'status': Database['public']['Enums']['complaint_status'];
        };
        ComputedFields: never;
        Insert: {
          'answer'?: string | null;
          'answered_at'?: string | null;
          'booking_id': string;
          'category': Database['public']['Enums']['complaint_category'];
          'closed_at'?: string | null;
          'complaint': string;
          'complaint_id': string;
          'created_at': string;
          'decision'?: string | null;
          'status'?: Database['public']['Enums']['complaint_status'];
        };
        Update: {
          'answer'?: string | null;
          'answered_at'?: string | null;
          'booking_id'?: string;
          'category'?: Database['public']['Enums']['complaint_category'];
          'closed_at'?: string | null;
          'complaint'?: string;
          'complaint_id'?: string;
          'created_at'?: string;
          'decision'?: string | null;
          'status'?: Database['public']['Enums']['complaint_status'];
        };
        Relationships: [
          {
            foreignKeyName: 'complaints_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
        ];
      };
      'conversations': {
        Row: {
          'conversation_id': string;
          'guest_id': string;
          'inquiry': boolean;
          'last_message_at': string;
          'listing_id': string;
          'messages': number;
          'started_at': string;
        };
        ComputedFields: never;
        Insert: {
          'conversation_id'?: string;
          'guest_id': string;
          'inquiry': boolean;
          'last_message_at': string;
          'listing_id': string;
          'messages'?: number;
          'started_at': string;
        };
        Update: {
          'conversation_id'?: string;
          'guest_id'?: string;
          'inquiry'?: boolean;
          'last_message_at'?: string;
          'listing_id'?: string;
          'messages'?: number;
          'started_at'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'conversations_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'conversations_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'damage_claims': {
        Row: {
          'amount_minor': number;
          'answer_until': string;
          'award_minor': number | null;
          'booking_id': string;
          'claim_id': string;
          'closed_at': string | null;
          'created_at': string;
          'currency': string;
          'damage': string;
          'decision': string | null;
          'objection': string | null;
          'payment_id': string | null;
          'status': Database['public']['Enums']['damage_claim_status'];
        };
        ComputedFields: never;
        Insert: {
          'amount_minor': number;
          'answer_until': string;
          'award_minor'?: number | null;
          'booking_id': string;
          'claim_id': string;
          'closed_at'?: string | null;
          'created_at': string;
          'currency': string;
          'damage': string;
          'decision'?: string | null;
          'objection'?: string | null;
          'payment_id'?: string | null;
          'status'?: Database['public']['Enums']['damage_claim_status'];
        };
        Update: {
          'amount_minor'?: number;
          'answer_until'?: string;
          'award_minor'?: number | null;
          'booking_id'?: string;
          'claim_id'?: string;
          'closed_at'?: string | null;
          'created_at'?: string;
          'currency'?: string;
          'damage'?: string;
          'decision'?: string | null;
          'objection'?: string | null;
          'payment_id'?: string | null;
          'status'?: Database['public']['Enums']['damage_claim_status'];
        };
        Relationships: [
          {
            foreignKeyName: 'damage_claims_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'damage_claims_payment_id_fkey';
            columns: ['payment_id'];
            isOneToOne: true;
            referencedRelation: 'payments';
            referencedColumns: ['payment_id'];
          },
        ];
      };
      'earnings': {
        Row: {
          'adjustment_minor': number;
          'booking_id': string;
          'check_in': string;
          'check_out': string;
          'currency': string;
          'debt_minor': number;
          'earned_on': string;
          'earning_id': string;
          'entered_at': string;
          'gross_minor': number;
          'host_fee_minor': number;
          'host_id': string;
          'kind': Database['public']['Enums']['earning_kind'];
          'listing_id': string;
          'listing_title': string;
          'net_minor': number;
          'payout_id': string | null;
          'penalty_minor': number;
          'source_id': string;
        };
        ComputedFields: never;
        Insert: {
          'adjustment_minor': number;
          'booking_id': string;
          'check_in': string;
          'check_out': string;
          'currency': string;
          'debt_minor': number;
          'earned_on': string;
          'earning_id'?: string;
          'entered_at': string;
          'gross_minor': number;
          'host_fee_minor': number;
          'host_id': string;
          'kind': Database['public']['Enums']['earning_kind'];
          'listing_id': string;
          'listing_title': string;
          'net_minor': number;
          'payout_id'?: string | null;
          'penalty_minor': number;
          'source_id': string;
        };
        Update: {
          'adjustment_minor'?: number;
          'booking_id'?: string;
          'check_in'?: string;
          'check_out'?: string;
          'currency'?: string;
          'debt_minor'?: number;
          'earned_on'?: string;
          'earning_id'?: string;
          'entered_at'?: string;
          'gross_minor'?: number;
          'host_fee_minor'?: number;
          'host_id'?: string;
          'kind'?: Database['public']['Enums']['earning_kind'];
          'listing_id'?: string;
          'listing_title'?: string;
          'net_minor'?: number;
          'payout_id'?: string | null;
          'penalty_minor'?: number;
          'source_id'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'earnings_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'earnings_host_id_fkey';
            columns: ['host_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'earnings_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
          {
            foreignKeyName: 'earnings_payout_id_fkey';
            columns: ['payout_id'];
            isOneToOne: false;
            referencedRelation: 'payouts';
            referencedColumns: ['payout_id'];
          },
        ];
      };
      'guest_ratings': {
        Row: {
          'cleanliness': number | null;
          'communication': number | null;
          'guest_id': string;
          'house_rules': number | null;
          'rating': number | null;
          'review_count': number;
        };
        ComputedFields: never;
        Insert: {
          'cleanliness'?: number | null;
          'communication'?: number | null;
          'guest_id': string;
          'house_rules'?: number | null;
          'rating'?: number | null;
          'review_count': number;
        };
        Update: {
          'cleanliness'?: number | null;
          'communication'?: number | null;
          'guest_id'?: string;
          'house_rules'?: number | null;
          'rating'?: number | null;
          'review_count'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'guest_ratings_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: true;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'guest_reviews': {
        Row: {
          'author_id': string;
          'author_name': string;
          'body': string;
          'booking_id': string;
          'cleanliness': number;
          'closes_at': string;
          'communication': number;
          'guest_id': string;
          'house_rules': number;
          'listing_id': string;
          'removed_at': string | null;
          'replied_at': string | null;
          'reply': string | null;
          'revealed_at': string | null;
          'review_id': string;
          'stars': number;
          'written_on': string;
        };
        ComputedFields: never;
        Insert: {
          'author_id': string;
          'author_name': string;
          'body'?: string;
          'booking_id': string;
          'cleanliness': number;
          'closes_at': string;
          'communication': number;
          'guest_id': string;
          'house_rules': number;
          'listing_id': string;
          'removed_at'?: string | null;
          'replied_at'?: string | null;
          'reply'?: string | null;
          'revealed_at'?: string | null;
          'review_id'?: string;
          'stars': number;
          'written_on': string;
        };
        Update: {
          'author_id'?: string;
          'author_name'?: string;
          'body'?: string;
          'booking_id'?: string;
          'cleanliness'?: number;
          'closes_at'?: string;
          'communication'?: number;
          'guest_id'?: string;
          'house_rules'?: number;
          'listing_id'?: string;
          'removed_at'?: string | null;
          'replied_at'?: string | null;
          'reply'?: string | null;
          'revealed_at'?: string | null;
          'review_id'?: string;
          'stars'?: number;
          'written_on'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'guest_reviews_author_id_fkey';
            columns: ['author_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'guest_reviews_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: true;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'guest_reviews_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'guest_reviews_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'guest_settlements': {
        Row: {
          'back_before_minor': number;
          'booking_id': string;
          'guest_id': string;
          'kept_fee_minor': number;
          'owed_minor': number;
          'paid_minor': number;
          'refund_minor': number;
        };
        ComputedFields: never;
        Insert: {
          'back_before_minor'?: number;
          'booking_id': string;
          'guest_id': string;
          'kept_fee_minor': number;
          'owed_minor': number;
          'paid_minor': number;
          'refund_minor': number;
        };
        Update: {
          'back_before_minor'?: number;
          'booking_id'?: string;
          'guest_id'?: string;
          'kept_fee_minor'?: number;
          'owed_minor'?: number;
          'paid_minor'?: number;
          'refund_minor'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'guest_settlements_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: true;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'guest_settlements_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'guest_totals': {
        Row: {
          'booking_id': string;
          'guest_fee_bp': number;
          'guest_fee_minor': number;
          'guest_id': string;
          'total_minor': number;
        };
        ComputedFields: never;
        Insert: {
          'booking_id': string;
          'guest_fee_bp': number;
          'guest_fee_minor': number;
          'guest_id': string;
          'total_minor': number;
        };
        Update: {
          'booking_id'?: string;
          'guest_fee_bp'?: number;
          'guest_fee_minor'?: number;
          'guest_id'?: string;
          'total_minor'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'guest_totals_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: true;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'guest_totals_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'host_accounts': {
        Row: {
          'country_code': string;
          'created_at': string;
          'host_id': string;
          'looked_at': string;
          'requirements': (string)[];
          'status': Database['public']['Enums']['host_account_status'];
          'stripe_account_id': string | null;
        };
        ComputedFields: never;
        Insert: {
          'country_code': string;
          'created_at': string;
          'host_id': string;
          'looked_at': string;
          'requirements'?: (string)[];
          'status'?: Database['public']['Enums']['host_account_status'];
          'stripe_account_id'?: string | null;
        };
        Update: {
          'country_code'?: string;
          'created_at'?: string;
          'host_id'?: string;
          'looked_at'?: string;
          'requirements'?: (string)[];
          'status'?: Database['public']['Enums']['host_account_status'];
          'stripe_account_id'?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: 'host_accounts_host_id_fkey';
            columns: ['host_id'];
            isOneToOne: true;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'host_ratings': {
        Row: {
          'host_id': string;
          'rating': number | null;
          'review_count': number;
        };
        ComputedFields: never;
        Insert: {
          'host_id': string;
          'rating'?: number | null;
          'review_count': number;
        };
        Update: {
          'host_id'?: string;
          'rating'?: number | null;
          'review_count'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'host_ratings_host_id_fkey';
            columns: ['host_id'];
            isOneToOne: true;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'host_settlements': {
        Row: {
          'booking_id': string;
          'host_fee_minor': number;
          'kept_minor': number;
          'listing_id': string;
          'payout_minor': number;
          'penalty_minor': number;
        };
        ComputedFields: never;
        Insert: {
          'booking_id': string;
          'host_fee_minor': number;
          'kept_minor': number;
          'listing_id': string;
          'payout_minor': number;
          'penalty_minor': number;
        };
        Update: {
          'booking_id'?: string;
          'host_fee_minor'?: number;
          'kept_minor'?: number;
          'listing_id'?: string;
          'payout_minor'?: number;
          'penalty_minor'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'host_settlements_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: true;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'host_settlements_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'host_totals': {
        Row: {
          'booking_id': string;
          'host_fee_bp': number;
          'host_fee_minor': number;
          'listing_id': string;
          'payout_minor': number;
        };
        ComputedFields: never;
        Insert: {
          'booking_id': string;
          'host_fee_bp': number;
          'host_fee_minor': number;
          'listing_id': string;
          'payout_minor': number;
        };
        Update: {
          'booking_id'?: string;
          'host_fee_bp'?: number;
          'host_fee_minor'?: number;
          'listing_id'?: string;
          'payout_minor'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'host_totals_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: true;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'host_totals_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'imported_events': {
        Row: {
          'check_in': string;
          'check_out': string;
          'event_id': string;
          'feed_id': string;
          'first_read_at': string;
          'left_out': boolean;
          'listing_id': string;
          'summary': string;
          'uid': string;
        };
        ComputedFields: never;
        Insert: {
          'check_in': string;
          'check_out': string;
          'event_id'?: string;
          'feed_id': string;
          'first_read_at'?: string;
          'left_out'?: boolean;
          'listing_id': string;
          'summary'?: string;
          'uid': string;
        };
        Update: {
          'check_in'?: string;
          'check_out'?: string;
          'event_id'?: string;
          'feed_id'?: string;
          'first_read_at'?: string;
          'left_out'?: boolean;
          'listing_id'?: string;
          'summary'?: string;
          'uid'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'imported_events_feed_id_fkey';
            columns: ['feed_id'];
            isOneToOne: false;
            referencedRelation: 'calendar_feeds';
            referencedColumns: ['feed_id'];
          },
          {
            foreignKeyName: 'imported_events_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'inbox_entries': {
        Row: {
          'conversation_id': string;
          'last_message_at': string;
          'profile_id': string;
          'read_position': number;
          'side': Database['public']['Enums']['booking_actor'];
          'unread': number;
        };
        ComputedFields: never;
        Insert: {
          'conversation_id': string;
          'last_message_at': string;
          'profile_id': string;
          'read_position': number;
          'side': Database['public']['Enums']['booking_actor'];
          'unread': number;
        };
        Update: {
          'conversation_id'?: string;
          'last_message_at'?: string;
          'profile_id'?: string;
          'read_position'?: number;
          'side'?: Database['public']['Enums']['booking_actor'];
          'unread'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'inbox_entries_conversation_id_fkey';
            columns: ['conversation_id'];
            isOneToOne: false;
            referencedRelation: 'conversations';
            referencedColumns: ['conversation_id'];
          },
          {
            foreignKeyName: 'inbox_entries_profile_id_fkey';
            columns: ['profile_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'inquiries': {
        Row: {
          'check_in': string;
          'check_out': string;
          'child_ages': (number)[];
          'conversation_id': string;
          'created_at': string;
          'guest_id': string;
          'guests': number;
          'infants': number;
          'inquiry_id': string;
          'listing_id': string;
          'pets': number;
        };
        ComputedFields: never;
        Insert: {
          'check_in': string;
          'check_out': string;
          'child_ages'?: (number)[];
          'conversation_id': string;
          'created_at': string;
          'guest_id': string;
          'guests': number;
          'infants': number;
          'inquiry_id': string;
          'listing_id': string;
          'pets': number;
        };
        Update: {
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'conversation_id'?: string;
          'created_at'?: string;
          'guest_id'?: string;
          'guests'?: number;
          'infants'?: number;
          'inquiry_id'?: string;
          'listing_id'?: string;
          'pets'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'inquiries_conversation_id_fkey';
            columns: ['conversation_id'];
            isOneToOne: false;
            referencedRelation: 'conversations';
            referencedColumns: ['conversation_id'];
          },
          {
            foreignKeyName: 'inquiries_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'inquiries_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'length_discounts': {
        Row: {
          'discount_bp': number;
          'listing_id': string;
          'minimum_nights': number;
        };
        ComputedFields: never;
        Insert: {
          'discount_bp': number;
          'listing_id': string;
          'minimum_nights': number;
        };
        Update: {
          'discount_bp'?: number;
          'listing_id'?: string;
          'minimum_nights'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'length_discounts_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'listing_access': {
        Row: {
          'door_code': string;
          'instructions': string;
          'listing_id': string;
          'wifi_name': string;
          'wifi_password': string;
        };
        ComputedFields: never;
        Insert: {
          'door_code'?: string;
          'instructions'?: string;
          'listing_id': string;
          'wifi_name'?: string;
          'wifi_password'?: string;
        };
        Update: {
          'door_code'?: string;
          'instructions'?: string;
          'listing_id'?: string;
          'wifi_name'?: string;
          'wifi_password'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'listing_access_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: true;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'listing_addresses': {
        Row: {
          'latitude': number;
          'listing_id': string;
          'longitude': number;
          'postal_code': string;
          'street': string;
          'unit': string;
        };
        ComputedFields: never;
        Insert: {
          'latitude': number;
          'listing_id': string;
          'longitude': number;
          'postal_code'?: string;
          'street': string;
          'unit'?: string;
        };
        Update: {
          'latitude'?: number;
          'listing_id'?: string;
          'longitude'?: number;
          'postal_code'?: string;
          'street'?: string;
          'unit'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'listing_addresses_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: true;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'listing_amenities': {
        Row: {
          'amenity': string;
          'listing_id': string;
        };
        ComputedFields: never;
        Insert: {
          'amenity': string;
          'listing_id': string;
        };
        Update: {
          'amenity'?: string;
          'listing_id'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'listing_amenities_amenity_fkey';
            columns: ['amenity'];
            isOneToOne: false;
            referencedRelation: 'amenities';
            referencedColumns: ['amenity'];
          },
          {
            foreignKeyName: 'listing_amenities_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'listing_forms': {
        Row: {
          'schema': NonNullable<Json>;
          'set_at': string;
          'singleton': boolean;
        };
        ComputedFields: never;
        Insert: {
          'schema': NonNullable<Json>;
          'set_at': string;
          'singleton'?: boolean;
        };
        Update: {
          'schema'?: NonNullable<Json>;
          'set_at'?: string;
          'singleton'?: boolean;
        };
        Relationships: [];
      };
      'listing_hosts': {
        Row: {
          'listing_id': string;
          'profile_id': string;
          'role': Database['public']['Enums']['host_role'];
          'since': string;
        };
        ComputedFields: never;
        Insert: {
          'listing_id': string;
          'profile_id': string;
          'role': Database['public']['Enums']['host_role'];
          'since'?: string;
        };
        Update: {
          'listing_id'?: string;
          'profile_id'?: string;
          'role'?: Database['public']['Enums']['host_role'];
          'since'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'listing_hosts_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
          {
            foreignKeyName: 'listing_hosts_profile_id_fkey';
            columns: ['profile_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'listing_photos': {
        Row: {
          'caption': string;
          'listing_id': string;
          'photo_id': string;
          'position': number;
          'published': boolean;
          'storage_path': string;
        };
        ComputedFields: never;
        Insert: {
          'caption'?: string;
          'listing_id': string;
          'photo_id'?: string;
          'position': number;
          'published'?: boolean;
          'storage_path': string;
        };
        Update: {
          'caption'?: string;
          'listing_id'?: string;
          'photo_id'?: string;
          'position'?: number;
          'published'?: boolean;
          'storage_path'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'listing_photos_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'listing_prices': {
        Row: {
          'base_price_minor': number;
          'cleaning_fee_minor': number;
          'early_bird_bp': number | null;
          'early_bird_days': number | null;
          'extra_guest_price_minor': number;
          'included_guests': number;
          'last_minute_bp': number | null;
          'last_minute_days': number | null;
          'listing_id': string;
          'new_listing_discount': boolean;
          'pet_fee_minor': number;
          'weekend_price_minor': number | null;
        };
        ComputedFields: never;
        Insert: {
          'base_price_minor': number;
          'cleaning_fee_minor'?: number;
          'early_bird_bp'?: number | null;
          'early_bird_days'?: number | null;
          'extra_guest_price_minor'?: number;
          'included_guests'?: number;
          'last_minute_bp'?: number | null;
          'last_minute_days'?: number | null;
          'listing_id': string;
          'new_listing_discount'?: boolean;
          'pet_fee_minor'?: number;
          'weekend_price_minor'?: number | null;
        };
        Update: {
          'base_price_minor'?: number;
          'cleaning_fee_minor'?: number;
          'early_bird_bp'?: number | null;
          'early_bird_days'?: number | null;
          'extra_guest_price_minor'?: number;
          'included_guests'?: number;
          'last_minute_bp'?: number | null;
          'last_minute_days'?: number | null;
          'listing_id'?: string;
          'new_listing_discount'?: boolean;
          'pet_fee_minor'?: number;
          'weekend_price_minor'?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: 'listing_prices_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: true;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'listing_ratings': {
        Row: {
          'accuracy': number | null;
          'check_in': number | null;
          'cleanliness': number | null;
          'communication': number | null;
          'imported_reviews': number;
          'listing_id': string;
          'location': number | null;
          'rating': number | null;
          'review_count': number;
          'value': number | null;
        };
        ComputedFields: never;
        Insert: {
          'accuracy'?: number | null;
          'check_in'?: number | null;
          'cleanliness'?: number | null;
          'communication'?: number | null;
          'imported_reviews': number;
          'listing_id': string;
          'location'?: number | null;
          'rating'?: number | null;
          'review_count': number;
          'value'?: number | null;
        };
        Update: {
          'accuracy'?: number | null;
          'check_in'?: number | null;
          'cleanliness'?: number | null;
          'communication'?: number | null;
          'imported_reviews'?: number;
          'listing_id'?: string;
          'location'?: number | null;
          'rating'?: number | null;
          'review_count'?: number;
          'value'?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: 'listing_ratings_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: true;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'listings': {
        Row: {
          'bathrooms': number;
          'bedrooms': number;
          'beds': number;
          'cancellation_policy': string;
          'capacity': number;
          'check_in_time': string;
          'check_out_time': string;
          'city': string | null;
          'country_code': string | null;
          'created_at': string;
          'currency': string;
          'custom_fields': NonNullable<Json>;
          'damage_claims': boolean;
          'description': string;
          'host_id': string;
          'house_rules': string;
          'instant_book': boolean;
          'language': string | null;
          'latitude': number | null;
          'listing_id': string;
          'longitude': number | null;
          'maximum_pets': number;
          'neighbourhood': string | null;
          'parties_allowed': boolean;
          'place_id': string | null;
          'property_type': string;
          'published_at': string | null;
          'region': string | null;
          'registration_number': string | null;
          'room_type': Database['public']['Enums']['room_type'];
          'smoking_allowed': boolean;
          'source': string | null;
          'source_id': string | null;
          'status': Database['public']['Enums']['listing_status'];
          'time_zone': string;
          'title': string;
        };
        ComputedFields: never;
        Insert: {
          'bathrooms'?: number;
          'bedrooms'?: number;
          'beds'?: number;
          'cancellation_policy'?: string;
          'capacity'?: number;
          'check_in_time'?: string;
          'check_out_time'?: string;
          'city'?: string | null;
          'country_code'?: string | null;
          'created_at'?: string;
          'currency': string;
          'custom_fields'?: NonNullable<Json>;
          'damage_claims'?: boolean;
          'description'?: string;
          'host_id': string;
          'house_rules'?: string;
          'instant_book'?: boolean;
          'language'?: string | null;
          'latitude'?: number | null;
          'listing_id': string;
          'longitude'?: number | null;
          'maximum_pets'?: number;
          'neighbourhood'?: string | null;
          'parties_allowed'?: boolean;
          'place_id'?: string | null;
          'property_type'?: string;
          'published_at'?: string | null;
          'region'?: string | null;
          'registration_number'?: string | null;
          'room_type'?: Database['public']['Enums']['room_type'];
          'smoking_allowed'?: boolean;
          'source'?: string | null;
          'source_id'?: string | null;
          'status'?: Database['public']['Enums']['listing_status'];
          'time_zone': string;
          'title': string;
        };
        Update: {
          'bathrooms'?: number;
          'bedrooms'?: number;
          'beds'?: number;
          'cancellation_policy'?: string;
          'capacity'?: number;
          'check_in_time'?: string;
          'check_out_time'?: string;
          'city'?: string | null;
          'country_code'?: string | null;
          'created_at'?: string;
          'currency'?: string;
          'custom_fields'?: NonNullable<Json>;
          'damage_claims'?: boolean;
          'description'?: string;
          'host_id'?: string;
          'house_rules'?: string;
          'instant_book'?: boolean;
          'language'?: string | null;
          'latitude'?: number | null;
          'listing_id'?: string;
          'longitude'?: number | null;
          'maximum_pets'?: number;
          'neighbourhood'?: string | null;
          'parties_allowed'?: boolean;
          'place_id'?: string | null;
          'property_type'?: string;
          'published_at'?: string | null;
          'region'?: string | null;
          'registration_number'?: string | null;
          'room_type'?: Database['public']['Enums']['room_type'];
          'smoking_allowed'?: boolean;
          'source'?: string | null;
          'source_id'?: string | null;
          'status'?: Database['public']['Enums']['listing_status'];
          'time_zone'?: string;
          'title'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'listings_cancellation_policy_fkey';
            columns: ['cancellation_policy'];
            isOneToOne: false;
            referencedRelation: 'cancellation_policies';
            referencedColumns: ['cancellation_policy'];
          },
          {
            foreignKeyName: 'listings_host_id_fkey';
            columns: ['host_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'listings_property_type_fkey';
            columns: ['property_type'];
            isOneToOne: false;
            referencedRelation: 'property_types';
            referencedColumns: ['property_type'];
          },
        ];
      };
      'message_templates': {
        Row: {
          'body': string;
          'locale': string;
          'occasion': Database['public']['Enums']['message_occasion'];
        };
        ComputedFields: never;
        Insert: {
          'body': string;
          'locale': string;
          'occasion': Database['public']['Enums']['message_occasion'];
        };
        Update: {
          'body'?: string;
          'locale'?: string;
          'occasion'?: Database['public']['Enums']['message_occasion'];
        };
        Relationships: [];
      };
      'messages': {
        Row: {
          'body': string;
          'booking_id': string | null;
          'conversation_id': string;
          'event': Database['public']['Enums']['booking_status'] | null;
          'kind': Database['public']['Enums']['message_kind'];
          'masked': boolean;
          'message_id': string;
          'occasion': Database['public']['Enums']['message_occasion'] | null;
          'position': number;
          'removed_at': string | null;
          'sender_id': string | null;
          'sent_at': string;
          'side': Database['public']['Enums']['booking_actor'];
        };
        ComputedFields: never;
        Insert: {
          'body': string;
          'booking_id'?: string | null;
          'conversation_id': string;
          'event'?: Database['public']['Enums']['booking_status'] | null;
          'kind': Database['public']['Enums']['message_kind'];
          'masked'?: boolean;
          'message_id': string;
          'occasion'?: Database['public']['Enums']['message_occasion'] | null;
          'position': number;
          'removed_at'?: string | null;
          'sender_id'?: string | null;
          'sent_at': string;
          'side': Database['public']['Enums']['booking_actor'];
        };
        Update: {
          'body'?: string;
          'booking_id'?: string | null;
          'conversation_id'?: string;
          'event'?: Database['public']['Enums']['booking_status'] | null;
          'kind'?: Database['public']['Enums']['message_kind'];
          'masked'?: boolean;
          'message_id'?: string;
          'occasion'?: Database['public']['Enums']['message_occasion'] | null;
          'position'?: number;
          'removed_at'?: string | null;
          'sender_id'?: string | null;
          'sent_at'?: string;
          'side'?: Database['public']['Enums']['booking_actor'];
        };
        Relationships: [
          {
            foreignKeyName: 'messages_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'messages_conversation_id_fkey';
            columns: ['conversation_id'];
            isOneToOne: false;
            referencedRelation: 'conversations';
            referencedColumns: ['conversation_id'];
          },
          {
            foreignKeyName: 'messages_sender_id_fkey';
            columns: ['sender_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'moderation_notices': {
        Row: {
          'measure': Database['public']['Enums']['moderation_measure'];
          'notice': string;
          'notice_id': string;
          'object_id': string | null;
          'profile_id': string;
          'sent_at': string;
        };
        ComputedFields: never;
        Insert: {
          'measure': Database['public']['Enums']['moderation_measure'];
          'notice': string;
          'notice_id'?: string;
          'object_id'?: string | null;
          'profile_id': string;
          'sent_at': string;
        };
        Update: {
          'measure'?: Database['public']['Enums']['moderation_measure'];
          'notice'?: string;
          'notice_id'?: string;
          'object_id'?: string | null;
          'profile_id'?: string;
          'sent_at'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'moderation_notices_profile_id_fkey';
            columns: ['profile_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'no_shows': {
        Row: {
          'booking_id': string;
          'closed_at': string | null;
          'decision': string | null;
          'object_until': string;
          'objected_at': string | null;
          'objection': string | null;
          'report': string;
          'reported_at': string;
          'status': Database['public']['Enums']['no_show_status'];
        };
        ComputedFields: never;
        Insert: {
          'booking_id': string;
          'closed_at'?: string | null;
          'decision'?: string | null;
          'object_until': string;
          'objected_at'?: string | null;
          'objection'?: string | null;
          'report': string;
          'reported_at': string;
          'status'?: Database['public']['Enums']['no_show_status'];
        };
        Update: {
          'booking_id'?: string;
          'closed_at'?: string | null;
          'decision'?: string | null;
          'object_until'?: string;
          'objected_at'?: string | null;
          'objection'?: string | null;
          'report'?: string;
          'reported_at'?: string;
          'status'?: Database['public']['Enums']['no_show_status'];
        };
        Relationships: [
          {
            foreignKeyName: 'no_shows_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: true;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
        ];
      };
      'notification_kinds': {
        Row: {
          'essential': boolean;
          'kind': string;
          'summary': string;
        };
        ComputedFields: never;
        Insert: {
          'essential': boolean;
          'kind': string;
          'summary': string;
        };
        Update: {
          'essential'?: boolean;
          'kind'?: string;
          'summary'?: string;
        };
        Relationships: [];
      };
      'notification_settings': {
        Row: {
          'channel': Database['public']['Enums']['notification_channel'];
          'kind': string;
          'profile_id': string;
          'wanted': boolean;
        };
        ComputedFields: never;
        Insert: {
          'channel': Database['public']['Enums']['notification_channel'];
          'kind': string;
          'profile_id': string;
          'wanted': boolean;
        };
        Update: {
          'channel'?: Database['public']['Enums']['notification_channel'];
          'kind'?: string;
          'profile_id'?: string;
          'wanted'?: boolean;
        };
        Relationships: [
          {
            foreignKeyName: 'notification_settings_kind_fkey';
            columns: ['kind'];
            isOneToOne: false;
            referencedRelation: 'notification_kinds';
            referencedColumns: ['kind'];
          },
          {
            foreignKeyName: 'notification_settings_profile_id_fkey';
            columns: ['profile_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'notifications': {
        Row: {
          'about': string;
          'booking_id': string | null;
          'cause': string;
          'conversation_id': string | null;
          'created_at': string;
          'kind': string;
          'notification_id': string;
          'profile_id': string;
          'read_at': string | null;
          'subject_id': string | null;
          'template': string;
        };
        ComputedFields: never;
        Insert: {
          'about': string;
          'booking_id'?: string | null;
          'cause': string;
          'conversation_id'?: string | null;
          'created_at': string;
          'kind': string;
          'notification_id'?: string;
          'profile_id': string;
          'read_at'?: string | null;
          'subject_id'?: string | null;
          'template': string;
        };
        Update: {
          'about'?: string;
          'booking_id'?: string | null;
          'cause'?: string;
          'conversation_id'?: string | null;
          'created_at'?: string;
          'kind'?: string;
          'notification_id'?: string;
          'profile_id'?: string;
          'read_at'?: string | null;
          'subject_id'?: string | null;
          'template'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'notifications_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'notifications_conversation_id_fkey';
            columns: ['conversation_id'];
            isOneToOne: false;
            referencedRelation: 'conversations';
            referencedColumns: ['conversation_id'];
          },
          {
            foreignKeyName: 'notifications_kind_fkey';
            columns: ['kind'];
            isOneToOne: false;
            referencedRelation: 'notification_kinds';
            referencedColumns: ['kind'];
          },
          {
            foreignKeyName: 'notifications_profile_id_fkey';
            columns: ['profile_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'offers': {
        Row: {
          'cancellation_policy': string | null;
          'check_in': string;
          'check_out': string;
          'child_ages': (number)[];
          'created_at': string;
          'currency': string;
          'expires_at': string;
          'guest_id': string;
          'guests': number;
          'infants': number;
          'inquiry_id': string;
          'kind': Database['public']['Enums']['offer_kind'];
          'listing_id': string;
          'offer_id': string;
          'pets': number;
          'sent_by': string;
          'status': Database['public']['Enums']['offer_status'];
          'subtotal_minor': number | null;
          'taxes_minor': number | null;
        };
        ComputedFields: never;
        Insert: {
          'cancellation_policy'?: string | null;
          'check_in': string;
          'check_out': string;
          'child_ages'?: (number)[];
          'created_at': string;
          'currency': string;
          'expires_at': string;
          'guest_id': string;
          'guests': number;
          'infants': number;
          'inquiry_id': string;
          'kind': Database['public']['Enums']['offer_kind'];
          'listing_id': string;
          'offer_id': string;
          'pets': number;
          'sent_by': string;
          'status'?: Database['public']['Enums']['offer_status'];
          'subtotal_minor'?: number | null;
          'taxes_minor'?: number | null;
        };
        Update: {
          'cancellation_policy'?: string | null;
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'created_at'?: string;
          'currency'?: string;
          'expires_at'?: string;
          'guest_id'?: string;
          'guests'?: number;
          'infants'?: number;
          'inquiry_id'?: string;
          'kind'?: Database['public']['Enums']['offer_kind'];
          'listing_id'?: string;
          'offer_id'?: string;
          'pets'?: number;
          'sent_by'?: string;
          'status'?: Database['public']['Enums']['offer_status'];
          'subtotal_minor'?: number | null;
          'taxes_minor'?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: 'offers_cancellation_policy_fkey';
            columns: ['cancellation_policy'];
            isOneToOne: false;
            referencedRelation: 'cancellation_policies';
            referencedColumns: ['cancellation_policy'];
          },
          {
            foreignKeyName: 'offers_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'offers_inquiry_id_fkey';
            columns: ['inquiry_id'];
            isOneToOne: false;
            referencedRelation: 'inquiries';
            referencedColumns: ['inquiry_id'];
          },
          {
            foreignKeyName: 'offers_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
          {
            foreignKeyName: 'offers_sent_by_fkey';
            columns: ['sent_by'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'payments': {
        Row: {
          'amount_minor': number;
          'booking_id': string;
          'capture_before': string | null;
          'capture_mode': Database['public']['Enums']['capture_mode'];
          'captured_at': string | null;
          'captured_minor': number;
          'charge_at': string | null;
          'charge_attempts': number;
          'created_at': string;
          'currency': string;
          'guest_id': string;
          'instalment': number;
          'last_error': string | null;
          'listing_id': string;
          'pay_by': string | null;
          'payment_id': string;
          'purpose': Database['public']['Enums']['payment_purpose'];
          'refunded_minor': number;
          'retry_at': string | null;
          'saves_card': boolean;
          'status': Database['public']['Enums']['payment_status'];
          'stripe_charge_id': string | null;
          'stripe_intent_id': string | null;
        };
        ComputedFields: never;
        Insert: {
          'amount_minor': number;
          'booking_id': string;
          'capture_before'?: string | null;
          'capture_mode': Database['public']['Enums']['capture_mode'];
          'captured_at'?: string | null;
          'captured_minor'?: number;
          'charge_at'?: string | null;
          'charge_attempts'?: number;
          'created_at': string;
          'currency': string;
          'guest_id': string;
          'instalment'?: number;
          'last_error'?: string | null;
          'listing_id': string;
          'pay_by'?: string | null;
          'payment_id'?: string;
          'purpose'?: Database['public']['Enums']['payment_purpose'];
          'refunded_minor'?: number;
          'retry_at'?: string | null;
          'saves_card'?: boolean;
          'status'?: Database['public']['Enums']['payment_status'];
          'stripe_charge_id'?: string | null;
          'stripe_intent_id'?: string | null;
        };
        Update: {
          'amount_minor'?: number;
          'booking_id'?: string;
          'capture_before'?: string | null;
          'capture_mode'?: Database['public']['Enums']['capture_mode'];
          'captured_at'?: string | null;
          'captured_minor'?: number;
          'charge_at'?: string | null;
          'charge_attempts'?: number;
          'created_at'?: string;
          'currency'?: string;
          'guest_id'?: string;
          'instalment'?: number;
          'last_error'?: string | null;
          'listing_id'?: string;
          'pay_by'?: string | null;
          'payment_id'?: string;
          'purpose'?: Database['public']['Enums']['payment_purpose'];
          'refunded_minor'?: number;
          'retry_at'?: string | null;
          'saves_card'?: boolean;
          'status'?: Database['public']['Enums']['payment_status'];
          'stripe_charge_id'?: string | null;
          'stripe_intent_id'?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: 'payments_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'payments_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'payments_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'payouts': {
        Row: {
          'amount_minor': number;
          'attempts': number;
          'booking_id': string;
          'created_at': string;
          'currency': string;
          'due_at': string;
          'host_id': string;
          'instalment': number;
          'is_by_hand': boolean;
          'listing_id': string;
          'paid_at': string | null;
          'part': number;
          'payment_id': string;
          'payout_id': string;
          'reason': Database['public']['Enums']['payout_reason'] | null;
          'retry_at': string | null;
          'status': Database['public']['Enums']['payout_status'];
          'stripe_transfer_id': string | null;
          'taken_back_minor': number;
          'withheld_minor': number;
        };
        ComputedFields: never;
        Insert: {
          'amount_minor': number;
          'attempts'?: number;
          'booking_id': string;
          'created_at': string;
          'currency': string;
          'due_at': string;
          'host_id': string;
          'instalment'?: number;
          'is_by_hand'?: boolean;
          'listing_id': string;
          'paid_at'?: string | null;
          'part'?: number;
          'payment_id': string;
          'payout_id'?: string;
          'reason'?: Database['public']['Enums']['payout_reason'] | null;
          'retry_at'?: string | null;
          'status'?: Database['public']['Enums']['payout_status'];
          'stripe_transfer_id'?: string | null;
          'taken_back_minor'?: number;
          'withheld_minor'?: number;
        };
        Update: {
          'amount_minor'?: number;
          'attempts'?: number;
          'booking_id'?: string;
          'created_at'?: string;
          'currency'?: string;
          'due_at'?: string;
          'host_id'?: string;
          'instalment'?: number;
          'is_by_hand'?: boolean;
          'listing_id'?: string;
          'paid_at'?: string | null;
          'part'?: number;
          'payment_id'?: string;
          'payout_id'?: string;
          'reason'?: Database['public']['Enums']['payout_reason'] | null;
          'retry_at'?: string | null;
          'status'?: Database['public']['Enums']['payout_status'];
          'stripe_transfer_id'?: string | null;
          'taken_back_minor'?: number;
          'withheld_minor'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'payouts_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'payouts_host_id_fkey';
            columns: ['host_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'payouts_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
          {
            foreignKeyName: 'payouts_payment_id_fkey';
            columns: ['payment_id'];
            isOneToOne: false;
            referencedRelation: 'payments';
            referencedColumns: ['payment_id'];
          },
        ];
      };
      'price_floors': {
        Row: {
          'floor_minor': number;
          'listing_id': string;
          'set_at': string;
        };
        ComputedFields: never;
        Insert: {
          'floor_minor': number;
          'listing_id': string;
          'set_at': string;
        };
        Update: {
          'floor_minor'?: number;
          'listing_id'?: string;
          'set_at'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'price_floors_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: true;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'private_profiles': {
        Row: {
          'birth_date': string | null;
          'email': string | null;
          'legal_name': string;
          'locale': string;
          'phone': string | null;
          'profile_id': string;
        };
        ComputedFields: never;
        Insert: {
          'birth_date'?: string | null;
          'email'?: string | null;
          'legal_name'?: string;
          'locale'?: string;
          'phone'?: string | null;
          'profile_id': string;
        };
        Update: {
          'birth_date'?: string | null;
          'email'?: string | null;
          'legal_name'?: string;
          'locale'?: string;
          'phone'?: string | null;
          'profile_id'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'private_profiles_profile_id_fkey';
            columns: ['profile_id'];
            isOneToOne: true;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'profiles': {
        Row: {
          'about': string;
          'avatar_path': string | null;
          'display_name': string;
          'erased_at': string | null;
          'hosting': boolean;
          'identity_verified': boolean;
          'joined_on': string;
          'languages': (string)[];
          'location': string;
          'phone_verified': boolean;
          'profile_id': string;
          'source': string | null;
          'source_id': string | null;
          'superhost': boolean;
        };
        ComputedFields: never;
        Insert: {
          'about'?: string;
          'avatar_path'?: string | null;
          'display_name': string;
          'erased_at'?: string | null;
          'hosting'?: boolean;
          'identity_verified'?: boolean;
          'joined_on'?: string;
          'languages'?: (string)[];
          'location'?: string;
          'phone_verified'?: boolean;
          'profile_id'?: string;
          'source'?: string | null;
          'source_id'?: string | null;
          'superhost'?: boolean;
        };
        Update: {
          'about'?: string;
          'avatar_path'?: string | null;
          'display_name'?: string;
          'erased_at'?: string | null;
          'hosting'?: boolean;
          'identity_verified'?: boolean;
          'joined_on'?: string;
          'languages'?: (string)[];
          'location'?: string;
          'phone_verified'?: boolean;
          'profile_id'?: string;
          'source'?: string | null;
          'source_id'?: string | null;
          'superhost'?: boolean;
        };
        Relationships: [];
      };
      'property_types': {
        Row: {
          'category': string;
          'name': string;
          'position': number;
          'property_type': string;
        };
        ComputedFields: never;
        Insert: {
          'category': string;
          'name': string;
          'position': number;
          'property_type': string;
        };
        Update: {
          'category'?: string;
          'name'?: string;
          'position'?: number;
          'property_type'?: string;
        };
        Relationships: [];
      };
      'receipts': {
        Row: {
          'booking_id': string;
          'check_in': string;
          'check_out': string;
          'city': string | null;
          'country_code': string | null;
          'currency': string;
          'fee_minor': number;
          'guest_id': string;
          'issued_at': string;
          'kind': Database['public']['Enums']['receipt_kind'];
          'lines': (Database['public']['CompositeTypes']['receipt_line'])[];
          'listing_title': string;
          'number': string;
          'receipt_id': string;
          'source_id': string;
          'source_kind': Database['public']['Enums']['receipt_source'];
          'stay_minor': number;
          'taxes_minor': number;
          'total_minor': number;
        };
        ComputedFields: never;
        Insert: {
          'booking_id': string;
          'check_in': string;
          'check_out': string;
          'city'?: string | null;
          'country_code'?: string | null;
          'currency': string;
          'fee_minor': number;
          'guest_id': string;
          'issued_at': string;
          'kind': Database['public']['Enums']['receipt_kind'];
          'lines': (Database['public']['CompositeTypes']['receipt_line'])[];
          'listing_title': string;
          'number': string;
          'receipt_id'?: string;
          'source_id': string;
          'source_kind': Database['public']['Enums']['receipt_source'];
          'stay_minor': number;
          'taxes_minor': number;
          'total_minor': number;
        };
        Update: {
          'booking_id'?: string;
          'check_in'?: string;
          'check_out'?: string;
          'city'?: string | null;
          'country_code'?: string | null;
          'currency'?: string;
          'fee_minor'?: number;
          'guest_id'?: string;
          'issued_at'?: string;
          'kind'?: Database['public']['Enums']['receipt_kind'];
          'lines'?: (Database['public']['CompositeTypes']['receipt_line'])[];
          'listing_title'?: string;
          'number'?: string;
          'receipt_id'?: string;
          'source_id'?: string;
          'source_kind'?: Database['public']['Enums']['receipt_source'];
          'stay_minor'?: number;
          'taxes_minor'?: number;
          'total_minor'?: number;
        };
        Relationships: [
          {
            foreignKeyName: 'receipts_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'receipts_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'refunds': {
        Row: {
          'amount_minor': number;
          'booking_id': string;
          'created_at': string;
          'currency': string;
          'guest_id': string;
          'payment_id': string;
          'reason': Database['public']['Enums']['refund_reason'];
          'refund_id': string;
          'status': Database['public']['Enums']['refund_status'];
          'stripe_refund_id': string | null;
        };
        ComputedFields: never;
        Insert: {
          'amount_minor': number;
          'booking_id': string;
          'created_at': string;
          'currency': string;
          'guest_id': string;
          'payment_id': string;
          'reason': Database['public']['Enums']['refund_reason'];
          'refund_id'?: string;
          'status'?: Database['public']['Enums']['refund_status'];
          'stripe_refund_id'?: string | null;
        };
        Update: {
          'amount_minor'?: number;
          'booking_id'?: string;
          'created_at'?: string;
          'currency'?: string;
          'guest_id'?: string;
          'payment_id'?: string;
          'reason'?: Database['public']['Enums']['refund_reason'];
          'refund_id'?: string;
          'status'?: Database['public']['Enums']['refund_status'];
          'stripe_refund_id'?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: 'refunds_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: false;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'refunds_guest_id_fkey';
            columns: ['guest_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'refunds_payment_id_fkey';
            columns: ['payment_id'];
            isOneToOne: false;
            referencedRelation: 'payments';
            referencedColumns: ['payment_id'];
          },
        ];
      };
      'refused_files': {
        Row: {
          'bucket_id': string;
          'listing_id': string | null;
          'name': string;
          'problem': Database['public']['Enums']['file_problem'];
          'profile_id': string | null;
          'refused_at': string;
        };
        ComputedFields: never;
        Insert: {
          'bucket_id': string;
          'listing_id'?: string | null;
          'name': string;
          'problem': Database['public']['Enums']['file_problem'];
          'profile_id'?: string | null;
          'refused_at': string;
        };
        Update: {
          'bucket_id'?: string;
          'listing_id'?: string | null;
          'name'?: string;
          'problem'?: Database['public']['Enums']['file_problem'];
          'profile_id'?: string | null;
          'refused_at'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'refused_files_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
          {
            foreignKeyName: 'refused_files_profile_id_fkey';
            columns: ['profile_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'reports': {
        Row: {
          'body': string;
          'category': Database['public']['Enums']['report_category'];
          'closed_at': string | null;
          'created_at': string;
          'report_id': string;
          'reporter_id': string;
          'status': Database['public']['Enums']['report_status'];
          'subject': Database['public']['Enums']['report_subject'];
          'subject_id': string;
        };
        ComputedFields: never;
        Insert: {
          'body': string;
          'category': Database['public']['Enums']['report_category'];
          'closed_at'?: string | null;
          'created_at': string;
          'report_id': string;
          'reporter_id': string;
          'status'?: Database['public']['Enums']['report_status'];
          'subject': Database['public']['Enums']['report_subject'];
          'subject_id': string;
        };
        Update: {
          'body'?: string;
          'category'?: Database['public']['Enums']['report_category'];
          'closed_at'?: string | null;
          'created_at'?: string;
          'report_id'?: string;
          'reporter_id'?: string;
          'status'?: Database['public']['Enums']['report_status'];
          'subject'?: Database['public']['Enums']['report_subject'];
          'subject_id'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'reports_reporter_id_fkey';
            columns: ['reporter_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'reviews': {
        Row: {
          'accuracy': number | null;
          'author_name': string;
          'body': string;
          'booking_id': string | null;
          'check_in': number | null;
          'cleanliness': number | null;
          'closes_at': string | null;
          'communication': number | null;
          'listing_id': string;
          'location': number | null;
          'removed_at': string | null;
          'replied_at': string | null;
          'reply': string | null;
          'revealed_at': string | null;
          'review_id': string;
          'source': string | null;
          'source_id': string | null;
          'stars': number | null;
          'value': number | null;
          'written_on': string;
        };
        ComputedFields: never;
        Insert: {
          'accuracy'?: number | null;
          'author_name': string;
          'body'?: string;
          'booking_id'?: string | null;
          'check_in'?: number | null;
          'cleanliness'?: number | null;
          'closes_at'?: string | null;
          'communication'?: number | null;
          'listing_id': string;
          'location'?: number | null;
          'removed_at'?: string | null;
          'replied_at'?: string | null;
          'reply'?: string | null;
          'revealed_at'?: string | null;
          'review_id'?: string;
          'source'?: string | null;
          'source_id'?: string | null;
          'stars'?: number | null;
          'value'?: number | null;
          'written_on': string;
        };
        Update: {
          'accuracy'?: number | null;
          'author_name'?: string;
          'body'?: string;
          'booking_id'?: string | null;
          'check_in'?: number | null;
          'cleanliness'?: number | null;
          'closes_at'?: string | null;
          'communication'?: number | null;
          'listing_id'?: string;
          'location'?: number | null;
          'removed_at'?: string | null;
          'replied_at'?: string | null;
          'reply'?: string | null;
          'revealed_at'?: string | null;
          'review_id'?: string;
          'source'?: string | null;
          'source_id'?: string | null;
          'stars'?: number | null;
          'value'?: number | null;
          'written_on'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'reviews_booking_id_fkey';
            columns: ['booking_id'];
            isOneToOne: true;
            referencedRelation: 'bookings';
            referencedColumns: ['booking_id'];
          },
          {
            foreignKeyName: 'reviews_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
        ];
      };
      'superhost_evaluations': {
        Row: {
          'answered': number;
          'answers_soon': boolean;
          'cancellations': number;
          'evaluated_on': string;
          'guests': number;
          'host_id': string;
          'hosts_often': boolean;
          'keeps_bookings': boolean;
          'nights': number;
          'questions': number;
          'rating': number | null;
          'reviews': number;
          'stays': number;
          'superhost': boolean;
          'well_rated': boolean;
        };
        ComputedFields: never;
        Insert: {
          'answered': number;
          'answers_soon': boolean;
          'cancellations': number;
          'evaluated_on': string;
          'guests': number;
          'host_id': string;
          'hosts_often': boolean;
          'keeps_bookings': boolean;
          'nights': number;
          'questions': number;
          'rating'?: number | null;
          'reviews': number;
          'stays': number;
          'superhost': boolean;
          'well_rated': boolean;
        };
        Update: {
          'answered'?: number;
          'answers_soon'?: boolean;
          'cancellations'?: number;
          'evaluated_on'?: string;
          'guests'?: number;
          'host_id'?: string;
          'hosts_often'?: boolean;
          'keeps_bookings'?: boolean;
          'nights'?: number;
          'questions'?: number;
          'rating'?: number | null;
          'reviews'?: number;
          'stays'?: number;
          'superhost'?: boolean;
          'well_rated'?: boolean;
        };
        Relationships: [
          {
            foreignKeyName: 'superhost_evaluations_host_id_fkey';
            columns: ['host_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
      'wishlist_homes': {
        Row: {
          'added_at': string;
          'added_by': string | null;
          'listing_id': string;
          'note': string;
          'noted_by': string | null;
          'position': number;
          'wishlist_id': string;
        };
        ComputedFields: never;
        Insert: {
          'added_at': string;
          'added_by'?: string | null;
          'listing_id': string;
          'note'?: string;
          'noted_by'?: string | null;
          'position': number;
          'wishlist_id': string;
        };
        Update: {
          'added_at'?: string;
          'added_by'?: string | null;
          'listing_id'?: string;
          'note'?: string;
          'noted_by'?: string | null;
          'position'?: number;
          'wishlist_id'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'wishlist_homes_added_by_fkey';
            columns: ['added_by'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'wishlist_homes_listing_id_fkey';
            columns: ['listing_id'];
            isOneToOne: false;
            referencedRelation: 'listings';
            referencedColumns: ['listing_id'];
          },
          {
            foreignKeyName: 'wishlist_homes_noted_by_fkey';
            columns: ['noted_by'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'wishlist_homes_wishlist_id_fkey';
            columns: ['wishlist_id'];
            isOneToOne: false;
            referencedRelation: 'wishlists';
            referencedColumns: ['wishlist_id'];
          },
        ];
      };
      'wishlist_links': {
        Row: {
          'created_at': string;
          'owner_id': string;
          'purpose': Database['public']['Enums']['wishlist_purpose'];
          'token': string;
          'wishlist_id': string;
        };
        ComputedFields: never;
        Insert: {
          'created_at': string;
          'owner_id': string;
          'purpose': Database['public']['Enums']['wishlist_purpose'];
          'token'?: string;
          'wishlist_id': string;
        };
        Update: {
          'created_at'?: string;
          'owner_id'?: string;
          'purpose'?: Database['public']['Enums']['wishlist_purpose'];
          'token'?: string;
          'wishlist_id'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'wishlist_links_owner_id_fkey';
            columns: ['owner_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'wishlist_links_wishlist_id_fkey';
            columns: ['wishlist_id'];
            isOneToOne: false;
            referencedRelation: 'wishlists';
            referencedColumns: ['wishlist_id'];
          },
        ];
      };
      'wishlist_members': {
        Row: {
          'joined_at': string;
          'profile_id': string;
          'wishlist_id': string;
        };
        ComputedFields: never;
        Insert: {
          'joined_at': string;
          'profile_id': string;
          'wishlist_id': string;
        };
        Update: {
          'joined_at'?: string;
          'profile_id'?: string;
          'wishlist_id'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'wishlist_members_profile_id_fkey';
            columns: ['profile_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
          {
            foreignKeyName: 'wishlist_members_wishlist_id_fkey';
            columns: ['wishlist_id'];
            isOneToOne: false;
            referencedRelation: 'wishlists';
            referencedColumns: ['wishlist_id'];
          },
        ];
      };
      'wishlist_votes': {
        Row: {
          'listing_id': string;
          'profile_id': string;
          'vote': Database['public']['Enums']['vote_direction'];
          'wishlist_id': string;
        };
        ComputedFields: never;
        Insert: {
          'listing_id': string;
          'profile_id': string;
          'vote': Database['public']['Enums']['vote_direction'];
          'wishlist_id': string;
        };
        Update: {
          'listing_id'?: string;
          'profile_id'?: string;
          'vote'?: Database['public']['Enums']['vote_direction'];
          'wishlist_id'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'wishlist_votes_are_about_a_home';
            columns: ['wishlist_id', 'listing_id'];
            isOneToOne: false;
            referencedRelation: 'wishlist_homes';
            referencedColumns: ['wishlist_id', 'listing_id'];
          },
          {
            foreignKeyName: 'wishlist_votes_are_of_members';
            columns: ['wishlist_id', 'profile_id'];
            isOneToOne: false;
            referencedRelation: 'wishlist_members';
            referencedColumns: ['wishlist_id', 'profile_id'];
          },
        ];
      };
      'wishlists': {
        Row: {
          'check_in': string | null;
          'check_out': string | null;
          'created_at': string;
          'guests': number | null;
          'infants': number;
          'name': string;
          'owner_id': string;
          'pets': number;
          'wishlist_id': string;
        };
        ComputedFields: never;
        Insert: {
          'check_in'?: string | null;
          'check_out'?: string | null;
          'created_at': string;
          'guests'?: number | null;
          'infants'?: number;
          'name': string;
          'owner_id': string;
          'pets'?: number;
          'wishlist_id': string;
        };
        Update: {
          'check_in'?: string | null;
          'check_out'?: string | null;
          'created_at'?: string;
          'guests'?: number | null;
          'infants'?: number;
          'name'?: string;
          'owner_id'?: string;
          'pets'?: number;
          'wishlist_id'?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'wishlists_owner_id_fkey';
            columns: ['owner_id'];
            isOneToOne: false;
            referencedRelation: 'profiles';
            referencedColumns: ['profile_id'];
          },
        ];
      };
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      'accept_alteration': {
        Args: { 'alteration_id': string };
        Returns: Database['public']['CompositeTypes']['alteration_terms'];
        SetofOptions: {
          from: '*';
          to: 'alteration_terms';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'accept_booking': {
        Args: { 'booking_id': string };
        Returns: Database['public']['Tables']['bookings']['Row'];
        SetofOptions: {
          from: '*';
          to: 'bookings';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'accept_cohost_invitation': {
        Args: { 'code'?: string; 'invitation_id': string };
        Returns: Database['public']['Tables']['listing_hosts']['Row'];
        SetofOptions: {
          from: '*';
          to: 'listing_hosts';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'accept_damage_claim': {
        Args: { 'claim_id': string };
        Returns: Database['public']['Tables']['damage_claims']['Row'];
        SetofOptions: {
          from: '*';
          to: 'damage_claims';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'add_calendar_feed': {
        Args: { 'feed_id': string; 'listing_id': string; 'name': string; 'url': string };
        Returns: Database['public']['Tables']['calendar_feeds']['Row'];
        SetofOptions: {
          from: '*';
          to: 'calendar_feeds';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'add_staff': { Args: { 'profile_id': string }; Returns: undefined };
      'add_webhook_endpoint': {
        Args: {
          'description'?: string;
          'endpoint_id': string;
          'event_types'?: (string)[];
          'url': string;
        };
        Returns: Database['public']['CompositeTypes']['webhook_endpoint'];
        SetofOptions: {
          from: '*';
          to: 'webhook_endpoint';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'answer_complaint': {
        Args: { 'answer': string; 'complaint_id': string };
        Returns: Database['public']['Tables']['complaints']['Row'];
        SetofOptions: {
          from: '*';
          to: 'complaints';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
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
      'block_calendars': {
        Args: {
          'listing_ids': (string)[];
          'note'?: string;
          'ranges': (Database['public']['CompositeTypes']['day_range'])[];
          'weekdays'?: (number)[];
        };
        Returns: Database['public']['CompositeTypes']['calendar_change'][];
        SetofOptions: {
          from: '*';
          to: 'calendar_change';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'block_nights': {
        Args: { 'check_in': string; 'check_out': string; 'listing_id': string; 'note'?: string };
        Returns: Database['public']['CompositeTypes']['listing_block'][];
        SetofOptions: {
          from: '*';
          to: 'listing_block';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'block_person': {
        Args: { 'profile_id': string };
        Returns: Database['public']['Tables']['blocks']['Row'];
        SetofOptions: {
          from: '*';
          to: 'blocks';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'booking_actions': {
        Args: { 'booking_id': string };
        Returns: Database['public']['CompositeTypes']['booking_action'][];
        SetofOptions: {
          from: '*';
          to: 'booking_action';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'booking_contacts': {
        Args: { 'booking_id': string };
        Returns: Database['public']['CompositeTypes']['booking_contact'][];
        SetofOptions: {
          from: '*';
          to: 'booking_contact';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'booking_receipt': {
        Args: { 'booking_id': string };
        Returns: Database['public']['CompositeTypes']['booking_receipt'];
        SetofOptions: {
          from: '*';
          to: 'booking_receipt';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'calendar_conflicts': {
        Args: { 'listing_id'?: string };
        Returns: Database['public']['CompositeTypes']['calendar_conflict'][];
        SetofOptions: {
          from: '*';
          to: 'calendar_conflict';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'calendar_link': {
        Args: { 'feed_id'?: string; 'listing_id': string };
        Returns: Database['public']['CompositeTypes']['calendar_link'];
        SetofOptions: {
          from: '*';
          to: 'calendar_link';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'cancel_booking': {
        Args: {
          'booking_id': string;
          'expected_owed_minor'?: number;
          'expected_refund_minor'?: number;
          'reason'?: string;
        };
        Returns: Database['public']['CompositeTypes']['cancellation_preview'];
        SetofOptions: {
          from: '*';
          to: 'cancellation_preview';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'cancellation_tiers': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['CompositeTypes']['cancellation_tier'][];
        SetofOptions: {
          from: '*';
          to: 'cancellation_tier';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'claim_calendar_feeds': {
        Args: { 'most': number };
        Returns: Database['public']['CompositeTypes']['calendar_feed_to_read'][];
        SetofOptions: {
          from: '*';
          to: 'calendar_feed_to_read';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'claim_commands': {
        Args: { 'most': number };
        Returns: Database['public']['CompositeTypes']['command_to_run'][];
        SetofOptions: {
          from: '*';
          to: 'command_to_run';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'claim_damage': {
        Args: {
          'amount_minor': number;
          'booking_id': string;
          'claim_id': string;
          'damage': string;
        };
        Returns: Database['public']['Tables']['damage_claims']['Row'];
        SetofOptions: {
          from: '*';
          to: 'damage_claims';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'claim_files': {
        Args: { 'most': number };
        Returns: Database['public']['CompositeTypes']['file_to_check'][];
        SetofOptions: {
          from: '*';
          to: 'file_to_check';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'claim_stripe_checks': {
        Args: { 'most': number };
        Returns: Database['public']['CompositeTypes']['stripe_check_to_run'][];
        SetofOptions: {
          from: '*';
          to: 'stripe_check_to_run';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'claim_stripe_events': {
        Args: { 'most': number };
        Returns: Database['public']['CompositeTypes']['stripe_event_to_apply'][];
        SetofOptions: {
          from: '*';
          to: 'stripe_event_to_apply';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'clock_now': { Args: Record<PropertyKey, never>; Returns: string };
      'close_stripe_event': { Args: { 'event_id': string; 'outcome': string }; Returns: undefined };
      'create_listing': {
        Args: {
          'capacity'?: number;
          'currency': string;
          'listing_id': string;
          'room_type'?: Database['public']['Enums']['room_type'];
          'time_zone': string;
          'title': string;
        };
        Returns: Database['public']['Tables']['listings']['Row'];
        SetofOptions: {
          from: '*';
          to: 'listings';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'create_wishlist': {
        Args: {
          'check_in'?: string;
          'check_out'?: string;
          'guests'?: number;
          'infants'?: number;
          'name': string;
          'pets'?: number;
          'wishlist_id': string;
        };
        Returns: Database['public']['Tables']['wishlists']['Row'];
        SetofOptions: {
          from: '*';
          to: 'wishlists';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'decline_alteration': {
        Args: { 'alteration_id': string };
        Returns: Database['public']['CompositeTypes']['alteration_terms'];
        SetofOptions: {
          from: '*';
          to: 'alteration_terms';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'decline_booking': {
        Args: { 'booking_id': string; 'reason'?: string };
        Returns: Database['public']['Tables']['bookings']['Row'];
        SetofOptions: {
          from: '*';
          to: 'bookings';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'decline_cohost_invitation': {
        Args: { 'code'?: string; 'invitation_id': string };
        Returns: undefined;
      };
      'decline_offer': {
        Args: { 'offer_id': string };
        Returns: Database['public']['Tables']['offers']['Row'];
        SetofOptions: {
          from: '*';
          to: 'offers';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'delete_my_account': { Args: Record<PropertyKey, never>; Returns: undefined };
      'delete_wishlist': { Args: { 'wishlist_id': string }; Returns: undefined };
      'dispute_damage_claim': {
        Args: { 'claim_id': string; 'objection'?: string };
        Returns: Database['public']['Tables']['damage_claims']['Row'];
        SetofOptions: {
          from: '*';
          to: 'damage_claims';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'earning_totals': {
        Args: { 'ends_on': string; 'starts_on': string };
        Returns: Database['public']['CompositeTypes']['earning_total'][];
        SetofOptions: {
          from: '*';
          to: 'earning_total';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'earnings_csv': { Args: { 'ends_on': string; 'starts_on': string }; Returns: string };
      'edit_wishlist': {
        Args: {
          'check_in'?: string;
          'check_out'?: string;
          'guests'?: number;
          'infants'?: number;
          'name': string;
          'pets'?: number;
          'wishlist_id': string;
        };
        Returns: Database['public']['Tables']['wishlists']['Row'];
        SetofOptions: {
          from: '*';
          to: 'wishlists';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'enable_webhook_endpoint': {
        Args: { 'enabled': boolean; 'endpoint_id': string };
        Returns: Database['public']['CompositeTypes']['webhook_endpoint'];
        SetofOptions: {
          from: '*';
          to: 'webhook_endpoint';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'export_calendar': {
        Args: { 'feed_id': string; 'token': string };
        Returns: Database['public']['CompositeTypes']['exported_calendar'];
        SetofOptions: {
          from: '*';
          to: 'exported_calendar';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'export_my_data': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['CompositeTypes']['personal_export'];
        SetofOptions: {
          from: '*';
          to: 'personal_export';
          isOneToOne: true;
          isSetofReturn: false;
        };
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
      'file_complaint': {
        Args: {
          'booking_id': string;
          'category': Database['public']['Enums']['complaint_category'];
          'complaint': string;
          'complaint_id': string;
        };
        Returns: Database['public']['Tables']['complaints']['Row'];
        SetofOptions: {
          from: '*';
          to: 'complaints';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'file_report': {
        Args: {
          'body'?: string;
          'category': Database['public']['Enums']['report_category'];
          'report_id': string;
          'subject': Database['public']['Enums']['report_subject'];
          'subject_id': string;
        };
        Returns: Database['public']['Tables']['reports']['Row'];
        SetofOptions: {
          from: '*';
          to: 'reports';
          isOneToOne: true;
          isSetofReturn: false;
        };
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
        SetofOptions: {
          from: '*';
          to: 'health_part';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'hide_listing': {
        Args: { 'listing_id': string };
        Returns: Database['public']['Tables']['listings']['Row'];
        SetofOptions: {
          from: '*';
          to: 'listings';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'host_calendars': {
        Args: {
          'after'?: string;
          'ends_on'?: string;
          'listing_ids'?: (string)[];
          'page_size'?: number;
          'starts_on'?: string;
        };
        Returns: Database['public']['CompositeTypes']['host_calendar'][];
        SetofOptions: {
          from: '*';
          to: 'host_calendar';
          isOneToOne: false;
          isSetofReturn: true;
        };
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
      'invite_cohost': {
        Args: {
          'email'?: string;
          'invitation_id': string;
          'listing_id': string;
          'profile_id'?: string;
          'role': Database['public']['Enums']['host_role'];
        };
        Returns: Database['public']['Tables']['cohost_invitations']['Row'];
        SetofOptions: {
          from: '*';
          to: 'cohost_invitations';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'join_wishlist': {
        Args: { 'token': string };
        Returns: Database['public']['Tables']['wishlists']['Row'];
        SetofOptions: {
          from: '*';
          to: 'wishlists';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'keep_calendar_feed': { Args: { 'attempt': number; 'feed_id': string }; Returns: string };
      'lift_suspension': { Args: { 'profile_id': string }; Returns: undefined };
      'list_webhook_attempts': {
        Args: { 'endpoint_id': string; 'most'?: number };
        Returns: Database['public']['CompositeTypes']['webhook_attempt'][];
        SetofOptions: {
          from: '*';
          to: 'webhook_attempt';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'list_webhook_endpoints': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['CompositeTypes']['webhook_endpoint'][];
        SetofOptions: {
          from: '*';
          to: 'webhook_endpoint';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'listing_blocks': {
        Args: { 'listing_id': string };
        Returns: Database['public']['CompositeTypes']['listing_block'][];
        SetofOptions: {
          from: '*';
          to: 'listing_block';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'listing_calendar': {
        Args: { 'ends_on'?: string; 'listing_id': string; 'starts_on'?: string };
        Returns: Database['public']['CompositeTypes']['calendar_entry'][];
        SetofOptions: {
          from: '*';
          to: 'calendar_entry';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'load_exchange_rates': {
        Args: { 'base_currency': string; 'rated_on': string; 'rates': Json; 'source': string };
        Returns: Database['public']['CompositeTypes']['loaded_rates'];
        SetofOptions: {
          from: '*';
          to: 'loaded_rates';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'mark_notifications_read': { Args: { 'notification_ids'?: (string)[] }; Returns: number };
      'mark_read': {
        Args: { 'conversation_id': string; 'read_position': number };
        Returns: Database['public']['Tables']['inbox_entries']['Row'];
        SetofOptions: {
          from: '*';
          to: 'inbox_entries';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'metrics': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['CompositeTypes']['metric_sample'][];
        SetofOptions: {
          from: '*';
          to: 'metric_sample';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'missing_for_publishing': { Args: { 'listing_id': string }; Returns: (string)[] };
      'move_saved_listing': {
        Args: { 'before'?: string; 'listing_id': string; 'wishlist_id': string };
        Returns: undefined;
      };
      'my_cohost_invitations': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['CompositeTypes']['cohost_invitation_card'][];
        SetofOptions: {
          from: '*';
          to: 'cohost_invitation_card';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'my_conversations': {
        Args: { 'before_at'?: string; 'before_id'?: string; 'most'?: number };
        Returns: Database['public']['CompositeTypes']['conversation_card'][];
        SetofOptions: {
          from: '*';
          to: 'conversation_card';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'my_earnings': {
        Args: { 'after'?: string; 'ends_on': string; 'page_size'?: number; 'starts_on': string };
        Returns: Database['public']['Tables']['earnings']['Row'][];
        SetofOptions: {
          from: '*';
          to: 'earnings';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'my_wishlists': {
        Args: { 'after'?: string; 'page_size'?: number };
        Returns: Database['public']['CompositeTypes']['wishlist_summary'][];
        SetofOptions: {
          from: '*';
          to: 'wishlist_summary';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'note_saved_listing': {
        Args: { 'listing_id': string; 'note': string; 'wishlist_id': string };
        Returns: Database['public']['Tables']['wishlist_homes']['Row'];
        SetofOptions: {
          from: '*';
          to: 'wishlist_homes';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'object_to_no_show': {
        Args: { 'booking_id': string; 'objection'?: string };
        Returns: Database['public']['Tables']['no_shows']['Row'];
        SetofOptions: {
          from: '*';
          to: 'no_shows';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'offered_currencies': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['CompositeTypes']['offered_currency'][];
        SetofOptions: {
          from: '*';
          to: 'offered_currency';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'order_photos': {
        Args: { 'listing_id': string; 'photo_ids': (string)[] };
        Returns: undefined;
      };
      'preapprove_inquiry': {
        Args: { 'inquiry_id': string; 'message'?: string; 'offer_id': string };
        Returns: Database['public']['Tables']['offers']['Row'];
        SetofOptions: {
          from: '*';
          to: 'offers';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'preview_alteration': {
        Args: {
          'booking_id': string;
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'guests'?: number;
          'infants'?: number;
          'pets'?: number;
        };
        Returns: Database['public']['CompositeTypes']['alteration_terms'];
        SetofOptions: {
          from: '*';
          to: 'alteration_terms';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'preview_cancellation': {
        Args: { 'booking_id': string };
        Returns: Database['public']['CompositeTypes']['cancellation_preview'];
        SetofOptions: {
          from: '*';
          to: 'cancellation_preview';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'preview_feed_filters': {
        Args: { 'feed_id': string; 'patterns': (string)[] };
        Returns: Database['public']['CompositeTypes']['previewed_event'][];
        SetofOptions: {
          from: '*';
          to: 'previewed_event';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'propose_alteration': {
        Args: {
          'alteration_id': string;
          'booking_id': string;
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'expected_total_minor'?: number;
          'guests'?: number;
          'infants'?: number;
          'pets'?: number;
        };
        Returns: Database['public']['CompositeTypes']['alteration_terms'];
        SetofOptions: {
          from: '*';
          to: 'alteration_terms';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'publish_listing': {
        Args: { 'listing_id': string };
        Returns: Database['public']['Tables']['listings']['Row'];
        SetofOptions: {
          from: '*';
          to: 'listings';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'quote_offer': {
        Args: { 'offer_id': string };
        Returns: Database['public']['CompositeTypes']['stay_quote'];
        SetofOptions: {
          from: '*';
          to: 'stay_quote';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'quote_refunds': {
        Args: {
          'check_in': string;
          'check_out': string;
          'child_ages'?: (number)[];
          'guests'?: number;
          'infants'?: number;
          'listing_id': string;
          'offer_id'?: string;
          'pets'?: number;
        };
        Returns: Database['public']['CompositeTypes']['stay_refunds'];
        SetofOptions: {
          from: '*';
          to: 'stay_refunds';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'quote_stay': {
        Args: {
          'check_in': string;
          'check_out': string;
          'child_ages'?: (number)[];
          'guests'?: number;
          'infants'?: number;
          'listing_id': string;
          'pets'?: number;
        };
        Returns: Database['public']['CompositeTypes']['stay_quote'];
        SetofOptions: {
          from: '*';
          to: 'stay_quote';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'read_alteration': {
        Args: { 'alteration_id': string };
        Returns: Database['public']['CompositeTypes']['alteration_terms'];
        SetofOptions: {
          from: '*';
          to: 'alteration_terms';
          isOneToOne: true;
          isSetofReturn: false;
        };
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
      'record_verification': {
        Args: {
          'kind': Database['public']['Enums']['verification_kind'];
          'phone'?: string;
          'profile_id': string;
          'verified': boolean;
        };
        Returns: Database['public']['Tables']['profiles']['Row'];
        SetofOptions: {
          from: '*';
          to: 'profiles';
          isOneToOne: true;
          isSetofReturn: false;
        };
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
      'remove_calendar_feed': { Args: { 'feed_id': string }; Returns: undefined };
      'remove_cohost': { Args: { 'listing_id': string; 'profile_id': string }; Returns: undefined };
      'remove_from_wishlist': {
        Args: { 'profile_id': string; 'wishlist_id': string };
        Returns: undefined;
      };
      'remove_staff': { Args: { 'profile_id': string }; Returns: undefined };
      'reply_to_review': {
        Args: { 'reply': string; 'review_id': string };
        Returns: Database['public']['CompositeTypes']['review_reply'];
        SetofOptions: {
          from: '*';
          to: 'review_reply';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'report_no_show': {
        Args: { 'booking_id': string; 'report'?: string };
        Returns: Database['public']['Tables']['no_shows']['Row'];
        SetofOptions: {
          from: '*';
          to: 'no_shows';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'request_booking': {
        Args: {
          'booking_id': string;
          'check_in': string;
          'check_out': string;
          'child_ages'?: (number)[];
          'expected_cancellation_policy'?: string;
          'expected_total_minor': number;
          'guests'?: number;
          'infants'?: number;
          'listing_id': string;
          'message'?: string;
          'offer_id'?: string;
          'pets'?: number;
        };
        Returns: Database['public']['CompositeTypes']['booking_hold'];
        SetofOptions: {
          from: '*';
          to: 'booking_hold';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'retire_intent': {
        Args: { 'payment_id': string; 'stripe_intent_id': string };
        Returns: boolean;
      };
      'review_guest': {
        Args: {
          'body'?: string;
          'booking_id': string;
          'cleanliness': number;
          'communication': number;
          'house_rules': number;
          'stars': number;
        };
        Returns: Database['public']['Tables']['guest_reviews']['Row'];
        SetofOptions: {
          from: '*';
          to: 'guest_reviews';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'review_stay': {
        Args: {
          'accuracy': number;
          'body'?: string;
          'booking_id': string;
          'check_in': number;
          'cleanliness': number;
          'communication': number;
          'location': number;
          'stars': number;
          'value': number;
        };
        Returns: Database['public']['Tables']['reviews']['Row'];
        SetofOptions: {
          from: '*';
          to: 'reviews';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'rotate_calendar_link': {
        Args: { 'listing_id': string };
        Returns: Database['public']['CompositeTypes']['calendar_link'];
        SetofOptions: {
          from: '*';
          to: 'calendar_link';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'rotate_webhook_secret': {
        Args: { 'endpoint_id': string };
        Returns: Database['public']['CompositeTypes']['webhook_endpoint'];
        SetofOptions: {
          from: '*';
          to: 'webhook_endpoint';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'save_listing': {
        Args: { 'listing_id': string; 'saved'?: boolean; 'wishlist_id': string };
        Returns: Database['public']['CompositeTypes']['saved_listing'];
        SetofOptions: {
          from: '*';
          to: 'saved_listing';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'saved_listings': {
        Args: { 'listing_ids': (string)[] };
        Returns: Database['public']['CompositeTypes']['saved_listing'][];
        SetofOptions: {
          from: '*';
          to: 'saved_listing';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'search_facets': {
        Args: {
          'amenities'?: (string)[];
          'bathrooms'?: number;
          'bedrooms'?: number;
          'beds'?: number;
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'currency'?: string;
          'custom_fields'?: Json;
          'east'?: number;
          'free_cancellation_until'?: string;
          'guests'?: number;
          'host_id'?: string;
          'infants'?: number;
          'instant_book'?: boolean;
          'latitude'?: number;
          'longitude'?: number;
          'maximum_price_minor'?: number;
          'minimum_price_minor'?: number;
          'minimum_rating'?: number;
          'north'?: number;
          'pets'?: number;
          'property_types'?: (string)[];
          'radius_metres'?: number;
          'room_types'?: (Database['public']['Enums']['room_type'])[];
          'south'?: number;
          'superhost'?: boolean;
          'west'?: number;
          'words'?: string;
        };
        Returns: Database['public']['CompositeTypes']['search_facets'];
        SetofOptions: {
          from: '*';
          to: 'search_facets';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'search_flexible_days': {
        Args: {
          'amenities'?: (string)[];
          'bathrooms'?: number;
          'bedrooms'?: number;
          'beds'?: number;
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'currency'?: string;
          'custom_fields'?: Json;
          'east'?: number;
          'flex_days'?: number;
          'free_cancellation_until'?: string;
          'guests'?: number;
          'host_id'?: string;
          'infants'?: number;
          'instant_book'?: boolean;
          'latitude'?: number;
          'longitude'?: number;
          'maximum_price_minor'?: number;
          'minimum_price_minor'?: number;
          'minimum_rating'?: number;
          'month'?: string;
          'nights'?: number;
          'north'?: number;
          'page_size'?: number;
          'pets'?: number;
          'property_types'?: (string)[];
          'radius_metres'?: number;
          'room_types'?: (Database['public']['Enums']['room_type'])[];
          'south'?: number;
          'stay'?: 'weekend' | 'week';
          'superhost'?: boolean;
          'west'?: number;
          'words'?: string;
        };
        Returns: Database['public']['CompositeTypes']['flexible_stay'][];
        SetofOptions: {
          from: '*';
          to: 'flexible_stay';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'search_listings': {
        Args: {
          'after'?: string;
          'amenities'?: (string)[];
          'bathrooms'?: number;
          'bedrooms'?: number;
          'beds'?: number;
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'currency'?: string;
          'custom_fields'?: Json;
          'east'?: number;
          'free_cancellation_until'?: string;
          'guests'?: number;
          'host_id'?: string;
          'infants'?: number;
          'instant_book'?: boolean;
          'latitude'?: number;
          'longitude'?: number;
          'maximum_price_minor'?: number;
          'minimum_price_minor'?: number;
          'minimum_rating'?: number;
          'north'?: number;
          'page_size'?: number;
          'pets'?: number;
          'property_types'?: (string)[];
          'radius_metres'?: number;
          'room_types'?: (Database['public']['Enums']['room_type'])[];
          'sort'?: 'price' | 'rating' | 'distance' | 'newest';
          'south'?: number;
          'superhost'?: boolean;
          'west'?: number;
          'words'?: string;
        };
        Returns: Database['public']['CompositeTypes']['found_listing'][];
        SetofOptions: {
          from: '*';
          to: 'found_listing';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'search_pins': {
        Args: {
          'amenities'?: (string)[];
          'bathrooms'?: number;
          'bedrooms'?: number;
          'beds'?: number;
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'currency'?: string;
          'custom_fields'?: Json;
          'east'?: number;
          'free_cancellation_until'?: string;
          'guests'?: number;
          'host_id'?: string;
          'infants'?: number;
          'instant_book'?: boolean;
          'latitude'?: number;
          'longitude'?: number;
          'maximum_price_minor'?: number;
          'minimum_price_minor'?: number;
          'minimum_rating'?: number;
          'north'?: number;
          'pets'?: number;
          'property_types'?: (string)[];
          'radius_metres'?: number;
          'room_types'?: (Database['public']['Enums']['room_type'])[];
          'south'?: number;
          'superhost'?: boolean;
          'west'?: number;
          'words'?: string;
        };
        Returns: Database['public']['CompositeTypes']['search_pin'][];
        SetofOptions: {
          from: '*';
          to: 'search_pin';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'search_places': {
        Args: { 'name': string; 'page_size'?: number };
        Returns: Database['public']['CompositeTypes']['found_place'][];
        SetofOptions: {
          from: '*';
          to: 'found_place';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'search_price_calendar': {
        Args: {
          'amenities'?: (string)[];
          'bathrooms'?: number;
          'bedrooms'?: number;
          'beds'?: number;
          'child_ages'?: (number)[];
          'currency'?: string;
          'custom_fields'?: Json;
          'east'?: number;
          'free_cancellation_until'?: string;
          'guests'?: number;
          'host_id'?: string;
          'infants'?: number;
          'instant_book'?: boolean;
          'latitude'?: number;
          'longitude'?: number;
          'maximum_price_minor'?: number;
          'minimum_price_minor'?: number;
          'minimum_rating'?: number;
          'month'?: string;
          'nights'?: number;
          'north'?: number;
          'pets'?: number;
          'property_types'?: (string)[];
          'radius_metres'?: number;
          'room_types'?: (Database['public']['Enums']['room_type'])[];
          'south'?: number;
          'superhost'?: boolean;
          'west'?: number;
          'words'?: string;
        };
        Returns: Database['public']['CompositeTypes']['calendar_price'][];
        SetofOptions: {
          from: '*';
          to: 'calendar_price';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'search_screen': {
        Args: {
          'after'?: string;
          'amenities'?: (string)[];
          'bathrooms'?: number;
          'bedrooms'?: number;
          'beds'?: number;
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'currency'?: string;
          'custom_fields'?: Json;
          'east'?: number;
          'free_cancellation_until'?: string;
          'guests'?: number;
          'host_id'?: string;
          'infants'?: number;
          'instant_book'?: boolean;
          'latitude'?: number;
          'longitude'?: number;
          'maximum_price_minor'?: number;
          'minimum_price_minor'?: number;
          'minimum_rating'?: number;
          'north'?: number;
          'page_size'?: number;
          'pets'?: number;
          'property_types'?: (string)[];
          'radius_metres'?: number;
          'room_types'?: (Database['public']['Enums']['room_type'])[];
          'sort'?: 'price' | 'rating' | 'distance' | 'newest';
          'south'?: number;
          'superhost'?: boolean;
          'west'?: number;
          'words'?: string;
        };
        Returns: Database['public']['CompositeTypes']['search_screen'];
        SetofOptions: {
          from: '*';
          to: 'search_screen';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'send_inquiry': {
        Args: {
          'check_in': string;
          'check_out': string;
          'child_ages'?: (number)[];
          'guests'?: number;
          'infants'?: number;
          'inquiry_id': string;
          'listing_id': string;
          'message': string;
          'pets'?: number;
        };
        Returns: Database['public']['Tables']['inquiries']['Row'];
        SetofOptions: {
          from: '*';
          to: 'inquiries';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'send_message': {
        Args: { 'body': string; 'conversation_id': string; 'message_id': string };
        Returns: Database['public']['Tables']['messages']['Row'];
        SetofOptions: {
          from: '*';
          to: 'messages';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'send_special_offer': {
        Args: {
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'guests'?: number;
          'infants'?: number;
          'inquiry_id': string;
          'message'?: string;
          'offer_id': string;
          'pets'?: number;
          'subtotal_minor': number;
        };
        Returns: Database['public']['Tables']['offers']['Row'];
        SetofOptions: {
          from: '*';
          to: 'offers';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'set_automatic_message': {
        Args: {
          'active'?: boolean;
          'days'?: number;
          'listing_id': string;
          'occasion': Database['public']['Enums']['message_occasion'];
        };
        Returns: Database['public']['Tables']['automatic_messages']['Row'];
        SetofOptions: {
          from: '*';
          to: 'automatic_messages';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'set_automatic_text': {
        Args: {
          'body'?: string;
          'listing_id': string;
          'locale': string;
          'occasion': Database['public']['Enums']['message_occasion'];
        };
        Returns: undefined;
      };
      'set_booking_rules': {
        Args: {
          'advance_notice_days'?: number;
          'arrival_weekdays'?: (number)[];
          'booking_window_months'?: number;
          'departure_weekdays'?: (number)[];
          'listing_ids': (string)[];
          'maximum_nights'?: number;
          'minimum_nights'?: number;
          'preparation_nights'?: number;
          'same_day_cutoff_hour'?: number;
        };
        Returns: Database['public']['Tables']['booking_rules']['Row'][];
        SetofOptions: {
          from: '*';
          to: 'booking_rules';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'set_calendar': {
        Args: {
          'clear_fields'?: ('price_minor' | 'minimum_nights')[];
          'closed_to_arrival'?: boolean;
          'closed_to_departure'?: boolean;
          'ends_on': string;
          'listing_id': string;
          'minimum_nights'?: number;
          'price_minor'?: number;
          'starts_on': string;
        };
        Returns: Database['public']['Tables']['calendar_days']['Row'][];
        SetofOptions: {
          from: '*';
          to: 'calendar_days';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'set_calendars': {
        Args: {
          'clear_fields'?: ('price_minor' | 'minimum_nights')[];
          'closed_to_arrival'?: boolean;
          'closed_to_departure'?: boolean;
          'listing_ids': (string)[];
          'minimum_nights'?: number;
          'price_minor'?: number;
          'ranges': (Database['public']['CompositeTypes']['day_range'])[];
          'weekdays'?: (number)[];
        };
        Returns: Database['public']['CompositeTypes']['calendar_change'][];
        SetofOptions: {
          from: '*';
          to: 'calendar_change';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'set_cohost_role': {
        Args: {
          'listing_id': string;
          'profile_id': string;
          'role': Database['public']['Enums']['host_role'];
        };
        Returns: Database['public']['Tables']['listing_hosts']['Row'];
        SetofOptions: {
          from: '*';
          to: 'listing_hosts';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'set_feed_filters': {
        Args: { 'feed_id': string; 'patterns': (string)[] };
        Returns: Database['public']['Tables']['calendar_feeds']['Row'];
        SetofOptions: {
          from: '*';
          to: 'calendar_feeds';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'set_notification': {
        Args: {
          'channel': Database['public']['Enums']['notification_channel'];
          'kind': string;
          'wanted': boolean;
        };
        Returns: Database['public']['Tables']['notification_settings']['Row'];
        SetofOptions: {
          from: '*';
          to: 'notification_settings';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'set_price_floor': {
        Args: { 'floor_minor': number; 'listing_id': string };
        Returns: Database['public']['Tables']['price_floors']['Row'];
        SetofOptions: {
          from: '*';
          to: 'price_floors';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'share_wishlist': {
        Args: {
          'purpose'?: Database['public']['Enums']['wishlist_purpose'];
          'replacing'?: string;
          'wishlist_id': string;
        };
        Returns: Database['public']['Tables']['wishlist_links']['Row'];
        SetofOptions: {
          from: '*';
          to: 'wishlist_links';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'shared_wishlist': {
        Args: { 'token': string };
        Returns: Database['public']['CompositeTypes']['linked_wishlist'];
        SetofOptions: {
          from: '*';
          to: 'linked_wishlist';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'shared_wishlist_cards': {
        Args: { 'after'?: string; 'page_size'?: number; 'token': string };
        Returns: Database['public']['CompositeTypes']['wishlist_card'][];
        SetofOptions: {
          from: '*';
          to: 'wishlist_card';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'show_amounts': {
        Args: { 'amounts': (number)[]; 'currencies': (string)[]; 'shown_in': string };
        Returns: Database['public']['CompositeTypes']['shown_amount'][];
        SetofOptions: {
          from: '*';
          to: 'shown_amount';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'similar_homes': {
        Args: {
          'check_in'?: string;
          'check_out'?: string;
          'child_ages'?: (number)[];
          'guests'?: number;
          'infants'?: number;
          'listing_id': string;
          'page_size'?: number;
          'pets'?: number;
        };
        Returns: Database['public']['CompositeTypes']['similar_home'][];
        SetofOptions: {
          from: '*';
          to: 'similar_home';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_audit_log': {
        Args: {
          'actor_id'?: string;
          'before'?: number;
          'object_id'?: string;
          'page_size'?: number;
        };
        Returns: Database['public']['CompositeTypes']['audit_entry'][];
        SetofOptions: {
          from: '*';
          to: 'audit_entry';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_booking': {
        Args: { 'booking_id': string };
        Returns: Database['public']['CompositeTypes']['staff_booking'];
        SetofOptions: {
          from: '*';
          to: 'staff_booking';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'staff_booking_story': {
        Args: { 'booking_id': string; 'page_size'?: number };
        Returns: Database['public']['CompositeTypes']['staff_story_entry'][];
        SetofOptions: {
          from: '*';
          to: 'staff_story_entry';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_bookings': {
        Args: {
          'before'?: string;
          'page_size'?: number;
          'profile_id'?: string;
          'status'?: Database['public']['Enums']['booking_status'];
        };
        Returns: Database['public']['CompositeTypes']['staff_booking'][];
        SetofOptions: {
          from: '*';
          to: 'staff_booking';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_cancel_booking': {
        Args: { 'booking_id': string; 'reason': string; 'refund_minor': number };
        Returns: Database['public']['CompositeTypes']['cancellation_preview'];
        SetofOptions: {
          from: '*';
          to: 'cancellation_preview';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'staff_claim_report': {
        Args: { 'report_id': string };
        Returns: Database['public']['CompositeTypes']['staff_report'];
        SetofOptions: {
          from: '*';
          to: 'staff_report';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'staff_commands': {
        Args: { 'after'?: string; 'failed'?: boolean; 'page_size'?: number };
        Returns: Database['public']['CompositeTypes']['staff_command'][];
        SetofOptions: {
          from: '*';
          to: 'staff_command';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_decide_complaint': {
        Args: { 'complaint_id': string; 'reason': string; 'refund_minor': number };
        Returns: Database['public']['Tables']['complaints']['Row'];
        SetofOptions: {
          from: '*';
          to: 'complaints';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'staff_decide_damage_claim': {
        Args: { 'award_minor': number; 'claim_id': string; 'reason': string };
        Returns: Database['public']['Tables']['damage_claims']['Row'];
        SetofOptions: {
          from: '*';
          to: 'damage_claims';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'staff_decide_no_show': {
        Args: { 'booking_id': string; 'reason': string; 'upheld': boolean };
        Returns: Database['public']['Tables']['no_shows']['Row'];
        SetofOptions: {
          from: '*';
          to: 'no_shows';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'staff_decide_report': {
        Args: {
          'measures': (Database['public']['Enums']['moderation_measure'])[];
          'notice'?: string;
          'reason': string;
          'report_id': string;
        };
        Returns: Database['public']['CompositeTypes']['staff_report'];
        SetofOptions: {
          from: '*';
          to: 'staff_report';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'staff_decisions': {
        Args: { 'about_id': string };
        Returns: Database['public']['CompositeTypes']['staff_decision'][];
        SetofOptions: {
          from: '*';
          to: 'staff_decision';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_differences': {
        Args: { 'page_size'?: number };
        Returns: Database['public']['CompositeTypes']['staff_difference'][];
        SetofOptions: {
          from: '*';
          to: 'staff_difference';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_disputes': {
        Args: { 'before'?: string; 'page_size'?: number };
        Returns: Database['public']['CompositeTypes']['staff_dispute'][];
        SetofOptions: {
          from: '*';
          to: 'staff_dispute';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_evidence': {
        Args: { 'case_id': string };
        Returns: Database['public']['CompositeTypes']['evidence_file'][];
        SetofOptions: {
          from: '*';
          to: 'evidence_file';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_feeds': {
        Args: { 'after'?: string; 'page_size'?: number };
        Returns: Database['public']['CompositeTypes']['staff_feed'][];
        SetofOptions: {
          from: '*';
          to: 'staff_feed';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_figures': {
        Args: { 'ends_on': string; 'starts_on': string };
        Returns: Database['public']['CompositeTypes']['staff_figure'][];
        SetofOptions: {
          from: '*';
          to: 'staff_figure';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_health': {
        Args: { 'doctor'?: boolean };
        Returns: Database['public']['CompositeTypes']['staff_finding'][];
        SetofOptions: {
          from: '*';
          to: 'staff_finding';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_hide_listing': {
        Args: { 'listing_id': string; 'notice'?: string; 'reason': string };
        Returns: undefined;
      };
      'staff_host_accounts': {
        Args: {
          'after'?: string;
          'page_size'?: number;
          'status'?: Database['public']['Enums']['host_account_status'];
        };
        Returns: Database['public']['CompositeTypes']['staff_host_account'][];
        SetofOptions: {
          from: '*';
          to: 'staff_host_account';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_jobs': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['CompositeTypes']['staff_job'][];
        SetofOptions: {
          from: '*';
          to: 'staff_job';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_ledger': {
        Args: {
          'account'?: string;
          'before'?: number;
          'booking_id'?: string;
          'page_size'?: number;
        };
        Returns: Database['public']['CompositeTypes']['staff_ledger_entry'][];
        SetofOptions: {
          from: '*';
          to: 'staff_ledger_entry';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_lift_suspension': {
        Args: { 'notice'?: string; 'profile_id': string; 'reason': string };
        Returns: undefined;
      };
      'staff_masked_words': {
        Args: {
          'author_id'?: string;
          'before_id'?: number;
          'page_size'?: number;
          'subject_id'?: string;
        };
        Returns: Database['public']['CompositeTypes']['staff_masked_words'][];
        SetofOptions: {
          from: '*';
          to: 'staff_masked_words';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_messages': {
        Args: { 'before'?: string; 'booking_id': string; 'page_size'?: number };
        Returns: Database['public']['CompositeTypes']['staff_message'][];
        SetofOptions: {
          from: '*';
          to: 'staff_message';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_payments': {
        Args: {
          'before'?: string;
          'page_size'?: number;
          'status'?: Database['public']['Enums']['payment_status'];
        };
        Returns: Database['public']['CompositeTypes']['staff_payment'][];
        SetofOptions: {
          from: '*';
          to: 'staff_payment';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_payouts': {
        Args: {
          'before'?: string;
          'page_size'?: number;
          'status'?: Database['public']['Enums']['payout_status'];
        };
        Returns: Database['public']['CompositeTypes']['staff_payout'][];
        SetofOptions: {
          from: '*';
          to: 'staff_payout';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_people': {
        Args: { 'after'?: string; 'page_size'?: number; 'words'?: string };
        Returns: Database['public']['CompositeTypes']['staff_person'][];
        SetofOptions: {
          from: '*';
          to: 'staff_person';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_person': {
        Args: { 'profile_id': string };
        Returns: Database['public']['CompositeTypes']['staff_person'];
        SetofOptions: {
          from: '*';
          to: 'staff_person';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'staff_record_payout': {
        Args: { 'paid_minor': number; 'payout_id': string; 'reason': string };
        Returns: undefined;
      };
      'staff_release_payout': {
        Args: { 'booking_id': string; 'reason': string };
        Returns: undefined;
      };
      'staff_remove_review': {
        Args: { 'reason': string; 'review_id': string };
        Returns: undefined;
      };
      'staff_reports': {
        Args: {
          'after'?: string;
          'page_size'?: number;
          'status'?: Database['public']['Enums']['report_status'];
        };
        Returns: Database['public']['CompositeTypes']['staff_report'][];
        SetofOptions: {
          from: '*';
          to: 'staff_report';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_retry_command': {
        Args: { 'command_id': string };
        Returns: Database['public']['CompositeTypes']['staff_command'];
        SetofOptions: {
          from: '*';
          to: 'staff_command';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'staff_review_sources': {
        Args: { 'max_rows'?: number };
        Returns: Database['public']['CompositeTypes']['review_source'][];
        SetofOptions: {
          from: '*';
          to: 'review_source';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_settings': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['CompositeTypes']['staff_setting'][];
        SetofOptions: {
          from: '*';
          to: 'staff_setting';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_show_listing': {
        Args: { 'listing_id': string; 'notice'?: string; 'reason': string };
        Returns: undefined;
      };
      'staff_superhost': {
        Args: { 'host_id': string };
        Returns: Database['public']['Tables']['superhost_evaluations']['Row'][];
        SetofOptions: {
          from: '*';
          to: 'superhost_evaluations';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'staff_suspend': {
        Args: { 'notice'?: string; 'profile_id': string; 'reason': string };
        Returns: undefined;
      };
      'staff_verify_person': {
        Args: {
          'kind': Database['public']['Enums']['verification_kind'];
          'profile_id': string;
          'verified': boolean;
        };
        Returns: Database['public']['Tables']['profiles']['Row'];
        SetofOptions: {
          from: '*';
          to: 'profiles';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'start_conversation': {
        Args: { 'body': string; 'listing_id': string; 'message_id': string };
        Returns: Database['public']['Tables']['messages']['Row'];
        SetofOptions: {
          from: '*';
          to: 'messages';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'start_host_account': {
        Args: { 'country_code': string };
        Returns: Database['public']['CompositeTypes']['host_account_start'];
        SetofOptions: {
          from: '*';
          to: 'host_account_start';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'start_payment': {
        Args: { 'booking_id': string };
        Returns: Database['public']['CompositeTypes']['payment_start'];
        SetofOptions: {
          from: '*';
          to: 'payment_start';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'stay_prices': {
        Args: {
          'check_in': string;
          'check_out': string;
          'child_ages'?: (number)[];
          'guests'?: number;
          'infants'?: number;
          'listing_ids': (string)[];
          'pets'?: number;
        };
        Returns: Database['public']['CompositeTypes']['stay_price'][];
        SetofOptions: {
          from: '*';
          to: 'stay_price';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'store_stripe_event': {
        Args: { 'event_id': string; 'object_id': string; 'type': string };
        Returns: boolean;
      };
      'superhost_figures': {
        Args: Record<PropertyKey, never>;
        Returns: Database['public']['Tables']['superhost_evaluations']['Row'];
        SetofOptions: {
          from: '*';
          to: 'superhost_evaluations';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'suspend_person': { Args: { 'profile_id': string; 'reason': string }; Returns: undefined };
      'sync_calendar_feed': {
        Args: { 'feed_id': string };
        Returns: Database['public']['Tables']['calendar_feeds']['Row'];
        SetofOptions: {
          from: '*';
          to: 'calendar_feeds';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'unblock_calendars': {
        Args: {
          'listing_ids': (string)[];
          'ranges': (Database['public']['CompositeTypes']['day_range'])[];
          'weekdays'?: (number)[];
        };
        Returns: Database['public']['CompositeTypes']['calendar_change'][];
        SetofOptions: {
          from: '*';
          to: 'calendar_change';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'unblock_nights': {
        Args: { 'check_in': string; 'check_out': string; 'listing_id': string };
        Returns: Database['public']['CompositeTypes']['listing_block'][];
        SetofOptions: {
          from: '*';
          to: 'listing_block';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'unblock_person': { Args: { 'profile_id': string }; Returns: undefined };
      'unshare_wishlist': {
        Args: { 'purpose': Database['public']['Enums']['wishlist_purpose']; 'wishlist_id': string };
        Returns: undefined;
      };
      'unsubscribe': { Args: { 'token': string }; Returns: string };
      'vote_on_saved_listing': {
        Args: {
          'listing_id': string;
          'vote'?: Database['public']['Enums']['vote_direction'];
          'wishlist_id': string;
        };
        Returns: undefined;
      };
      'wishlist_cards': {
        Args: { 'after'?: string; 'page_size'?: number; 'wishlist_id': string };
        Returns: Database['public']['CompositeTypes']['wishlist_card'][];
        SetofOptions: {
          from: '*';
          to: 'wishlist_card';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'wishlist_people': {
        Args: { 'wishlist_id': string };
        Returns: Database['public']['CompositeTypes']['wishlist_person'][];
        SetofOptions: {
          from: '*';
          to: 'wishlist_person';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'withdraw_alteration': {
        Args: { 'alteration_id': string };
        Returns: Database['public']['CompositeTypes']['alteration_terms'];
        SetofOptions: {
          from: '*';
          to: 'alteration_terms';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'withdraw_booking': {
        Args: { 'booking_id': string };
        Returns: Database['public']['Tables']['bookings']['Row'];
        SetofOptions: {
          from: '*';
          to: 'bookings';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'withdraw_cohost_invitation': { Args: { 'invitation_id': string }; Returns: undefined };
      'withdraw_complaint': {
        Args: { 'complaint_id': string };
        Returns: Database['public']['Tables']['complaints']['Row'];
        SetofOptions: {
          from: '*';
          to: 'complaints';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'withdraw_damage_claim': {
        Args: { 'claim_id': string };
        Returns: Database['public']['Tables']['damage_claims']['Row'];
        SetofOptions: {
          from: '*';
          to: 'damage_claims';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'withdraw_no_show': {
        Args: { 'booking_id': string };
        Returns: Database['public']['Tables']['no_shows']['Row'];
        SetofOptions: {
          from: '*';
          to: 'no_shows';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'withdraw_offer': {
        Args: { 'offer_id': string };
        Returns: Database['public']['Tables']['offers']['Row'];
        SetofOptions: {
          from: '*';
          to: 'offers';
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      'zone_rules': {
        Args: { 'first': string; 'last': string; 'names': (string)[] };
        Returns: Database['public']['CompositeTypes']['zone_rules'][];
        SetofOptions: {
          from: '*';
          to: 'zone_rules';
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      'zones_to_compare': { Args: { 'engine': string }; Returns: string[] };
    };
    Enums: {
      'alteration_status':
        | 'proposed'
        | 'awaiting_payment'
        | 'applied'
        | 'declined'
        | 'withdrawn'
        | 'expired'
        | 'overtaken';
      'booking_actor': 'guest' | 'host' | 'staff' | 'system';
      'booking_status':
        | 'awaiting_payment'
        | 'requested'
        | 'confirmed'
        | 'completed'
        | 'declined'
        | 'expired'
        | 'cancelled_by_guest'
        | 'cancelled_by_host'
        | 'cancelled_by_staff'
        | 'no_show'
        | 'payment_conflict';
      'cancellation_rule':
        | 'flexible'
        | 'moderate'
        | 'limited'
        | 'firm'
        | 'strict'
        | 'non_refundable'
        | 'long_stay'
        | 'grace'
        | 'host_cancelled'
        | 'staff'
        | 'unpaid';
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
      'complaint_category':
        | 'no_access'
        | 'not_as_described'
        | 'not_clean'
        | 'not_working'
        | 'not_safe'
        | 'other';
      'complaint_status': 'open' | 'withdrawn' | 'dismissed' | 'refunded';
      'damage_claim_status':
        | 'open'
        | 'disputed'
        | 'withdrawn'
        | 'dismissed'
        | 'owed'
        | 'paid'
        | 'unpaid';
      'earning_kind': 'payout' | 'reversal' | 'reversal_owed' | 'debt_collected' | 'penalty';
      'feed_health': 'new' | 'healthy' | 'failing';
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
      'host_role': 'owner' | 'full' | 'calendar';
      'invitation_status': 'open' | 'accepted' | 'declined' | 'withdrawn';
      'line_kind': 'night' | 'extra_guests' | 'cleaning' | 'pets' | 'tax';
      'listing_status': 'draft' | 'published' | 'hidden';
      'message_kind': 'text' | 'automated' | 'event';
      'message_occasion': 'booking_confirmed' | 'check_in_instructions' | 'review_reminder';
      'moderation_measure':
        | 'dismiss'
        | 'warn'
        | 'remove_review'
        | 'remove_message'
        | 'hide_listing'
        | 'show_listing'
        | 'suspend'
        | 'lift_suspension';
      'no_show_status':
        | 'reported'
        | 'objected'
        | 'upheld'
        | 'dismissed'
        | 'withdrawn'
        | 'overtaken';
      'notification_channel': 'in_app' | 'email';
      'offer_kind': 'pre_approval' | 'special_offer';
      'offer_status': 'open' | 'accepted' | 'declined' | 'withdrawn' | 'expired';
      'payment_purpose': 'stay' | 'shortfall' | 'damage' | 'alteration';
      'payment_status': 'pending' | 'processing' | 'authorized' | 'captured' | 'cancelled';
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
      'payout_status': 'scheduled' | 'blocked' | 'sent' | 'paid' | 'reversed' | 'cancelled';
      'receipt_kind': 'receipt' | 'credit_note';
      'receipt_source':
        | 'share_confirmed'
        | 'share_captured'
        | 'share_settled'
        | 'share_altered'
        | 'share_alteration_ended'
        | 'share_complaint'
        | 'share_refund'
        | 'share_refund_failed'
        | 'share_refund_cut'
        | 'share_returned'
        | 'share_dispute';
      'refund_reason':
        | 'declined'
        | 'expired'
        | 'payment_conflict'
        | 'cancelled_by_guest'
        | 'cancelled_by_host'
        | 'cancelled_by_staff'
        | 'no_show'
        | 'paid_after_the_end'
        | 'amount_mismatch'
        | 'customer_mismatch'
        | 'unpaid'
        | 'altered'
        | 'alteration_ended'
        | 'complaint'
        | 'dispute_won'
        | 'dashboard';
      'refund_status': 'pending' | 'succeeded' | 'failed';
      'report_category':
        | 'fraud'
        | 'harassment'
        | 'hate'
        | 'danger'
        | 'illegal'
        | 'inaccurate'
        | 'spam'
        | 'other';
      'report_status': 'open' | 'closed';
      'report_subject': 'listing' | 'person' | 'review' | 'message';
      'room_type': 'entire_home' | 'private_room' | 'shared_room' | 'hotel_room';
      'stripe_check_kind': 'host' | 'balance' | 'floor';
      'verification_kind': 'identity' | 'phone';
      'vote_direction': 'up' | 'down';
      'wishlist_purpose': 'read' | 'join';
    };
    CompositeTypes: {
      'alteration_terms': {
        'alteration_id': string | null;
        'booking_id': string;
        'status': Database['public']['Enums']['alteration_status'] | null;
        'proposed_by': Database['public']['Enums']['booking_actor'];
        'check_in': string;
        'check_out': string;
        'guests': number;
        'infants': number;
        'pets': number;
        'child_ages': (number)[];
        'expires_at': string | null;
        'currency': string;
        'subtotal_minor': number;
        'guest_fee_minor': number | null;
        'taxes_minor': number;
        'total_minor': number | null;
        'difference_minor': number | null;
        'payout_minor': number | null;
        'lines': (Database['public']['CompositeTypes']['stay_line'])[];
      };
      'audit_entry': {
        'entry_id': number;
        'happened_at': string;
        'actor': 'person' | 'server' | 'database';
        'actor_id': string | null;
        'action': string;
        'object': string;
        'object_id': string | null;
      };
      'booking_action': {
        'action':
          | 'withdraw_booking'
          | 'accept_booking'
          | 'decline_booking'
          | 'send_message'
          | 'propose_alteration'
          | 'accept_alteration'
          | 'decline_alteration'
          | 'withdraw_alteration'
          | 'review_stay'
          | 'review_guest'
          | 'file_complaint'
          | 'withdraw_complaint'
          | 'answer_complaint'
          | 'staff_decide_complaint'
          | 'report_no_show'
          | 'withdraw_no_show'
          | 'object_to_no_show'
          | 'staff_decide_no_show'
          | 'claim_damage'
          | 'accept_damage_claim'
          | 'dispute_damage_claim'
          | 'withdraw_damage_claim'
          | 'staff_decide_damage_claim'
          | 'cancel_booking'
          | 'staff_cancel_booking';
        'side': 'guest' | 'host' | 'staff';
        'subject_id': string;
        'open_until': string | null;
      };
      'booking_contact': {
        'profile_id': string;
        'party': Database['public']['Enums']['booking_actor'];
        'display_name': string;
        'email': string | null;
        'phone': string | null;
      };
      'booking_hold': {
        'booking_id': string;
        'status': Database['public']['Enums']['booking_status'];
        'expires_at': string | null;
        'currency': string;
        'total_minor': number;
        'holds_nights': boolean;
      };
      'booking_receipt': {
        'booking_id': string;
        'currency': string;
        'charged_minor': number;
        'paid_minor': number;
        'refunded_minor': number;
        'documents': (Database['public']['Tables']['receipts']['Row'])[];
        'movements': (Database['public']['CompositeTypes']['receipt_movement'])[];
      };
      'calendar_change': {
        'listing_id': string;
        'changed_days': number;
      };
      'calendar_conflict': {
        'listing_id': string;
        'feed_id': string;
        'event_id': string;
        'summary': string | null;
        'check_in': string;
        'check_out': string;
        'booking_id': string | null;
        'booked_from': string;
        'booked_to': string;
      };
      'calendar_entry': {
        'day': string;
        'available': boolean;
        'price_minor': number | null;
        'currency': string;
        'minimum_nights': number;
        'arrival_allowed': boolean;
        'departure_allowed': boolean;
      };
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
      'calendar_link': {
        'listing_id': string;
        'feed_id': string | null;
        'path': string;
        'made_at': string;
      };
      'calendar_price': {
        'check_in': string;
        'check_out': string;
        'currency': string;
        'nightly_minor': number;
        'total_minor': number;
        'estimated': boolean;
      };
      'calendar_run': {
        'starts_on': string;
        'ends_on': string;
        'price_minor': number | null;
        'price_is_own': boolean;
        'minimum_nights': number;
        'minimum_is_own': boolean;
        'closed_to_arrival': boolean;
        'closed_to_departure': boolean;
      };
      'cancellation_preview': {
        'booking_id': string;
        'cancelled_by': Database['public']['Enums']['booking_actor'];
        'rule': Database['public']['Enums']['cancellation_rule'] | null;
        'currency': string;
        'refund_minor': number | null;
        'owed_minor': number | null;
        'payout_minor': number | null;
        'penalty_minor': number | null;
      };
      'cancellation_tier': {
        'rule': Database['public']['Enums']['cancellation_rule'];
        'position': number;
        'days_before': number | null;
        'hours_before': number | null;
        'full_refund': boolean;
        'kept_nights': number;
        'kept_bp': number;
      };
      'cohost_invitation_card': {
        'invitation_id': string;
        'listing_id': string;
        'title': string;
        'city': string | null;
        'owner_id': string;
        'owner_name': string;
        'role': Database['public']['Enums']['host_role'];
        'expires_at': string;
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
      'conversation_card': {
        'conversation_id': string;
        'listing_id': string;
        'listing_title': string;
        'side': Database['public']['Enums']['booking_actor'];
        'with_id': string;
        'with_name': string;
        'last_message_at': string;
        'last_message': string | null;
        'last_event': Database['public']['Enums']['booking_status'] | null;
        'last_position': number;
        'read_position': number;
        'unread': number;
      };
      'day_range': {
        'starts_on': string;
        'ends_on': string;
      };
      'earning_total': {
        'month_on': string;
        'currency': string;
        'payouts': number;
        'gross_minor': number;
        'host_fee_minor': number;
        'adjustment_minor': number;
        'penalty_minor': number;
        'debt_minor': number;
        'net_minor': number;
      };
      'evidence_file': {
        'path': string;
        'profile_id': string;
        'added_at': string;
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
      'facet': {
        'word': string;
        'homes': number;
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
      'flexible_stay': {
        'listing_id': string;
        'check_in': string;
        'check_out': string;
        'title': string;
        'room_type': Database['public']['Enums']['room_type'];
        'property_type': string;
        'city': string | null;
        'country_code': string | null;
        'latitude': number;
        'longitude': number;
        'capacity': number;
        'bedrooms': number;
        'beds': number;
        'bathrooms': number;
        'instant_book': boolean;
        'rating': number | null;
        'review_count': number;
        'currency': string;
        'nightly_minor': number;
        'nights': number;
        'total_minor': number;
        'distance_metres': number | null;
        'photo_path': string | null;
        'estimated': boolean;
      };
      'found_listing': {
        'listing_id': string;
        'title': string;
        'room_type': Database['public']['Enums']['room_type'];
        'property_type': string;
        'city': string | null;
        'country_code': string | null;
        'latitude': number;
        'longitude': number;
        'capacity': number;
        'bedrooms': number;
        'beds': number;
        'bathrooms': number;
        'instant_book': boolean;
        'rating': number | null;
        'review_count': number;
        'currency': string;
        'nightly_minor': number;
        'nights': number | null;
        'total_minor': number | null;
        'distance_metres': number | null;
        'photo_path': string | null;
        'cursor': string;
      };
      'found_place': {
        'kind': 'city' | 'neighbourhood' | 'region';
        'name': string;
        'matched': string;
        'city': string | null;
        'region': string | null;
        'country_code': string;
        'homes': number;
        'west': number;
        'south': number;
        'east': number;
        'north': number;
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
      'host_calendar': {
        'listing_id': string;
        'title': string;
        'status': Database['public']['Enums']['listing_status'];
        'currency': string;
        'bookable_from': string;
        'bookable_until': string;
        'arrival_weekdays': (number)[];
        'departure_weekdays': (number)[];
        'taken': (Database['public']['CompositeTypes']['taken_nights'])[];
        'days': (Database['public']['CompositeTypes']['calendar_run'])[];
      };
      'linked_wishlist': {
        'name': string;
        'owner_name': string;
        'purpose': Database['public']['Enums']['wishlist_purpose'];
        'check_in': string | null;
        'check_out': string | null;
        'guests': number | null;
        'infants': number;
        'pets': number;
        'homes': number;
      };
      'listing_block': {
        'block_id': string;
        'listing_id': string;
        'check_in': string;
        'check_out': string;
        'note': string | null;
      };
      'loaded_rates': {
        'base_currency': string;
        'rated_on': string;
        'loaded': number;
        'left_out': (string)[];
      };
      'metric_sample': {
        'metric': string;
        'labels': Json;
        'value': number;
      };
      'offered_currency': {
        'currency': string;
        'exponent': number;
        'step_minor': number;
        'charged': boolean;
        'shown': boolean;
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
      'personal_export': {
        'profile_id': string;
        'exported_at': string;
        'document': PersonalDocument;
      };
      'planned_charge': {
        'instalment': number;
        'nights': number;
        'charge_at': string | null;
        'amount_minor': number;
      };
      'previewed_event': {
        'event_id': string;
        'summary': string;
        'check_in': string;
        'check_out': string;
        'left_out': boolean;
      };
      'price_bar': {
        'from_minor': number;
        'to_minor': number | null;
        'homes': number;
      };
      'receipt_line': {
        'kind': 'stay' | 'night' | 'extra_guests' | 'cleaning' | 'pets' | 'service_fee' | 'tax';
        'night': string | null;
        'description': string;
        'jurisdiction': string | null;
        'quantity': number;
        'unit_minor': number;
        'discount_minor': number;
        'amount_minor': number;
      };
      'receipt_movement': {
        'kind': 'payment' | 'refund';
        'object_id': string;
        'status':
          | 'pending'
          | 'processing'
          | 'authorized'
          | 'captured'
          | 'cancelled'
          | 'succeeded'
          | 'failed';
        'reason':
          | 'stay'
          | 'shortfall'
          | 'damage'
          | 'alteration'
          | 'declined'
          | 'expired'
          | 'payment_conflict'
          | 'cancelled_by_guest'
          | 'cancelled_by_host'
          | 'cancelled_by_staff'
          | 'no_show'
          | 'paid_after_the_end'
          | 'amount_mismatch'
          | 'customer_mismatch'
          | 'unpaid'
          | 'altered'
          | 'alteration_ended'
          | 'complaint'
          | 'dispute_won'
          | 'dashboard';
        'amount_minor': number;
        'moved_at': string;
      };
      'refund_step': {
        'rule': Database['public']['Enums']['cancellation_rule'];
        'ends_at': string;
        'ends_on': string;
        'ends_time': string;
        'end_included': boolean;
        'refund_bp': number;
        'nights_minor': number;
        'extra_guests_minor': number;
        'cleaning_minor': number;
        'pets_minor': number;
        'taxes_minor': number;
        'guest_fee_minor': number;
        'refund_minor': number;
        'kept_minor': number;
      };
      'review_reply': {
        'review_id': string;
        'reply': string | null;
        'replied_at': string | null;
      };
      'review_source': {
        'host_id': string;
        'display_name': string;
        'reviews': number;
        'guests': number;
        'of_free_stays': number;
        'average': number;
      };
      'saved_listing': {
        'listing_id': string;
        'wishlist_ids': (string)[];
      };
      'search_facets': {
        'homes': number;
        'more': boolean;
        'estimated': boolean;
        'currency': string | null;
        'prices': (Database['public']['CompositeTypes']['price_bar'])[];
        'room_types': (Database['public']['CompositeTypes']['facet'])[];
        'property_types': (Database['public']['CompositeTypes']['facet'])[];
        'amenities': (Database['public']['CompositeTypes']['facet'])[];
        'bedrooms': (number)[];
        'instant_book': number;
        'superhost': number;
      };
      'search_pin': {
        'listing_id': string | null;
        'latitude': number;
        'longitude': number;
        'homes': number;
        'estimated': boolean;
        'currency': string;
        'nightly_minor': number;
        'total_minor': number | null;
      };
      'search_screen': {
        'page': (Database['public']['CompositeTypes']['found_listing'])[];
        'pins': (Database['public']['CompositeTypes']['search_pin'])[];
        'facets': Database['public']['CompositeTypes']['search_facets'];
      };
      'shown_amount': {
        'position': number;
        'amount_minor': number | null;
        'currency': string | null;
        'shown_minor': number | null;
        'shown_currency': string | null;
        'exponent': number | null;
        'rate': number | null;
        'rated_on': string | null;
        'source': string | null;
        'indicative': boolean;
        'problem': 'no_rate' | 'stale_rate' | 'unknown_currency' | 'too_large' | null;
      };
      'similar_home': {
        'listing_id': string;
        'title': string;
        'room_type': Database['public']['Enums']['room_type'];
        'property_type': string;
        'city': string | null;
        'country_code': string | null;
        'latitude': number;
        'longitude': number;
        'capacity': number;
        'bedrooms': number;
        'instant_book': boolean;
        'rating': number | null;
        'review_count': number;
        'currency': string;
        'nightly_minor': number;
        'nights': number | null;
        'total_minor': number | null;
        'distance_metres': number;
        'photo_path': string | null;
      };
      'staff_booking': {
        'booking_id': string;
        'status': Database['public']['Enums']['booking_status'];
        'listing_id': string;
        'title': string;
        'host_id': string;
        'host_name': string;
        'guest_id': string;
        'guest_name': string;
        'check_in': string;
        'check_out': string;
        'guests': number;
        'currency': string;
        'total_minor': number;
        'payout_minor': number;
        'captured_minor': number;
        'refunded_minor': number;
        'cancellation_policy': string;
        'reason': string | null;
        'nights': (string)[];
        'has_open_case': boolean;
        'created_at': string;
      };
      'staff_command': {
        'command_id': string;
        'kind': Database['public']['Enums']['command_kind'];
        'status': 'waiting' | 'running' | 'done' | 'failed';
        'template': string | null;
        'booking_id': string | null;
        'attempts': number;
        'due_at': string;
        'created_at': string;
        'finished_at': string | null;
        'problem': string | null;
        'repeatable': boolean;
      };
      'staff_decision': {
        'decision_id': string;
        'report_id': string | null;
        'staff_id': string | null;
        'measure': Database['public']['Enums']['moderation_measure'];
        'object_id': string;
        'profile_id': string | null;
        'reason': string;
        'decided_at': string;
      };
      'staff_difference': {
        'difference': string;
        'booking_id': string | null;
        'detail': string;
      };
      'staff_dispute': {
        'stripe_dispute_id': string;
        'booking_id': string;
        'payment_id': string;
        'status': 'inquiry' | 'open' | 'inquiry_closed' | 'won' | 'lost';
        'currency': string;
        'amount_minor': number;
        'withdrawn_minor': number;
        'reinstated_minor': number;
        'fee_minor': number;
        'is_appealed': boolean;
        'opened_at': string;
        'closed_at': string | null;
      };
      'staff_feed': {
        'feed_id': string;
        'listing_id': string;
        'title': string;
        'host_id': string;
        'name': string;
        'server': string;
        'last_error': Database['public']['Enums']['feed_problem'];
        'last_status': number | null;
        'failures': number;
        'event_count': number;
        'last_polled_at': string | null;
        'last_success_at': string | null;
        'next_poll_at': string;
      };
      'staff_figure': {
        'day': string;
        'figure': 'bookings' | 'ledger';
        'name': string;
        'currency': string | null;
        'value': number;
      };
      'staff_finding': {
        'topic': string;
        'object': string;
        'healthy': boolean;
        'seen': string;
        'advice': string;
      };
      'staff_host_account': {
        'host_id': string;
        'display_name': string;
        'status': Database['public']['Enums']['host_account_status'];
        'country_code': string;
        'requirements': (string)[];
        'stripe_account_id': string | null;
        'looked_at': string;
      };
      'staff_job': {
        'job': string;
        'every': string;
        'next_at': string | null;
        'started_at': string | null;
        'ended_at': string | null;
        'done': number | null;
        'failed_at': string | null;
        'problem': string | null;
      };
      'staff_ledger_entry': {
        'entry_id': number;
        'entered_at': string;
        'account': string;
        'source': string;
        'source_id': string;
        'booking_id': string;
        'host_id': string | null;
        'currency': string;
        'amount_minor': number;
      };
      'staff_masked_words': {
        'masked_id': number;
        'subject': string;
        'subject_id': string;
        'field': string;
        'author_id': string | null;
        'original': string | null;
        'masked_at': string;
      };
      'staff_message': {
        'message_id': string;
        'side': Database['public']['Enums']['booking_actor'];
        'kind': Database['public']['Enums']['message_kind'];
        'body': string;
        'masked': boolean;
        'sent_at': string;
      };
      'staff_payment': {
        'payment_id': string;
        'booking_id': string;
        'guest_id': string;
        'status': Database['public']['Enums']['payment_status'];
        'purpose': Database['public']['Enums']['payment_purpose'];
        'currency': string;
        'amount_minor': number;
        'captured_minor': number;
        'refunded_minor': number;
        'stripe_intent_id': string | null;
        'last_error': string | null;
        'problems': (string)[];
        'pay_by': string | null;
        'charge_at': string | null;
        'created_at': string;
      };
      'staff_payout': {
        'payout_id': string;
        'booking_id': string;
        'host_id': string;
        'status': Database['public']['Enums']['payout_status'];
        'reason': Database['public']['Enums']['payout_reason'] | null;
        'holds': (string)[];
        'currency': string;
        'amount_minor': number;
        'withheld_minor': number;
        'is_by_hand': boolean;
        'due_at': string;
        'paid_at': string | null;
      };
      'staff_person': {
        'profile_id': string;
        'display_name': string;
        'email': string | null;
        'joined_on': string;
        'hosting': boolean;
        'superhost': boolean;
        'identity_verified': boolean;
        'phone_verified': boolean;
        'is_staff': boolean;
        'suspended_at': string | null;
        'suspension_reason': string | null;
        'account_status': Database['public']['Enums']['host_account_status'] | null;
        'account_requirements': (string)[];
        'listings': number;
        'erased_at': string | null;
      };
      'staff_report': {
        'report_id': string;
        'subject': Database['public']['Enums']['report_subject'];
        'subject_id': string;
        'category': Database['public']['Enums']['report_category'];
        'body': string | null;
        'excerpt': string | null;
        'evidence': (string)[];
        'reporter_id': string | null;
        'profile_id': string | null;
        'status': Database['public']['Enums']['report_status'];
        'claimed_by': string | null;
        'claimed_at': string | null;
        'measures': (Database['public']['Enums']['moderation_measure'])[];
        'created_at': string;
        'closed_at': string | null;
      };
      'staff_setting': {
        'name': string;
        'value': string | null;
        'meaning': string;
      };
      'staff_story_entry': {
        'happened_at': string;
        'kind':
          | 'move'
          | 'payment'
          | 'refund'
          | 'payout'
          | 'reversal'
          | 'hold'
          | 'dispute'
          | 'complaint'
          | 'no_show'
          | 'damage'
          | 'alteration'
          | 'mail'
          | 'command'
          | 'review';
        'what': string;
        'actor': string | null;
        'amount_minor': number | null;
        'currency': string | null;
        'said': string | null;
        'object_id': string | null;
      };
      'stay_line': {
        'kind': Database['public']['Enums']['line_kind'];
        'night': string | null;
        'description': string;
        'quantity': number;
        'unit_minor': number;
        'discount_minor': number;
        'amount_minor': number;
      };
      'stay_price': {
        'listing_id': string;
        'bookable': boolean;
        'problem':
          | 'host_unavailable'
          | 'own_listing'
          | 'too_many_guests'
          | 'pets_not_allowed'
          | 'date_in_past'
          | 'too_short_notice'
          | 'outside_booking_window'
          | 'below_minimum_nights'
          | 'above_maximum_nights'
          | 'arrival_not_allowed'
          | 'departure_not_allowed'
          | 'nights_taken'
          | 'below_minimum_charge'
          | 'above_maximum_charge'
          | null;
        'currency': string;
        'nights': number;
        'nightly_minor': number | null;
        'total_minor': number | null;
      };
      'stay_quote': {
        'listing_id': string;
        'check_in': string;
        'check_out': string;
        'nights': number;
        'guests': number;
        'infants': number;
        'pets': number;
        'child_ages': (number)[];
        'currency': string;
        'discount': 'new_listing' | 'length_of_stay' | 'early_bird' | 'last_minute' | null;
        'discount_bp': number;
        'subtotal_minor': number;
        'guest_fee_minor': number;
        'taxes_minor': number;
        'total_minor': number;
        'cancellation_policy': string;
        'instant_book': boolean;
        'lines': (Database['public']['CompositeTypes']['stay_line'])[];
        'charges': (Database['public']['CompositeTypes']['planned_charge'])[];
      };
      'stay_refunds': {
        'listing_id': string;
        'check_in': string;
        'check_out': string;
        'time_zone': string;
        'currency': string;
        'total_minor': number;
        'cancellation_policy': string;
        'check_in_at': string;
        'confirmed_at': string;
        'grace_closes_at': string | null;
        'steps': (Database['public']['CompositeTypes']['refund_step'])[];
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
      'taken_nights': {
        'taken_id': string;
        'kind': 'hold' | 'stay' | 'preparation' | 'block' | 'import' | 'host_cancelled';
        'check_in': string;
        'check_out': string;
        'note': string | null;
        'feed_id': string | null;
        'booking_id': string | null;
        'booking_status': Database['public']['Enums']['booking_status'] | null;
        'guest_id': string | null;
        'guest_name': string | null;
        'guests': number | null;
        'expires_at': string | null;
      };
      'webhook_attempt': {
        'event_id': string;
        'type': string;
        'attempt': number;
        'status_code': number | null;
        'problem': string | null;
        'took_ms': number | null;
        'attempted_at': string;
      };
      'webhook_endpoint': {
        'endpoint_id': string;
        'url': string;
        'description': string;
        'event_types': (string)[] | null;
        'secret': string | null;
        'failures': number;
        'disabled_at': string | null;
        'created_at': string;
      };
      'wishlist_card': {
        'listing_id': string;
        'available': boolean;
        'title': string | null;
        'city': string | null;
        'country_code': string | null;
        'photo_path': string | null;
        'rating': number | null;
        'currency': string | null;
        'price_minor': number | null;
        'total_minor': number | null;
        'problem':
          | 'listing_not_found'
          | 'host_unavailable'
          | 'own_listing'
          | 'too_many_guests'
          | 'pets_not_allowed'
          | 'date_in_past'
          | 'too_short_notice'
          | 'outside_booking_window'
          | 'below_minimum_nights'
          | 'above_maximum_nights'
          | 'arrival_not_allowed'
          | 'departure_not_allowed'
          | 'nights_taken'
          | null;
        'note': string | null;
        'added_by': string | null;
        'added_by_name': string | null;
        'added_at': string;
        'up_votes': number | null;
        'down_votes': number | null;
        'own_vote': Database['public']['Enums']['vote_direction'] | null;
        'cursor': string;
      };
      'wishlist_person': {
        'profile_id': string;
        'display_name': string;
        'avatar_path': string | null;
        'owner': boolean;
        'joined_at': string;
      };
      'wishlist_summary': {
        'wishlist_id': string;
        'name': string;
        'owner_id': string;
        'owner_name': string;
        'check_in': string | null;
        'check_out': string | null;
        'guests': number | null;
        'infants': number;
        'pets': number;
        'homes': number;
        'members': number;
        'photo_paths': (string)[];
        'created_at': string;
        'cursor': string;
      };
      'zone_rules': {
        'time_zone': string;
        'since': (number)[];
        'offsets': (number)[];
      };
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, 'public'>];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof (
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views']
    )
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals } ? (
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views']
  )[TableName] extends {
    Row: infer R;
  } ? R
  : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    ? (DefaultSchema['Tables'] & DefaultSchema['Views'])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R;
    } ? R
    : never
  : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema['Tables']
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends
    {
      Insert: infer I;
    } ? I
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I;
    } ? I
    : never
  : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema['Tables']
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends
    {
      Update: infer U;
    } ? U
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U;
    } ? U
    : never
  : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema['Enums']
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums']
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums'][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema['Enums']
    ? DefaultSchema['Enums'][DefaultSchemaEnumNameOrOptions]
  : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema['CompositeTypes']
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes']
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes'][
    CompositeTypeName
  ]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema['CompositeTypes']
    ? DefaultSchema['CompositeTypes'][PublicCompositeTypeNameOrOptions]
  : never;

export const Constants = {
  'public': {
    Enums: {
      'alteration_status': [
        'proposed',
        'awaiting_payment',
        'applied',
        'declined',
        'withdrawn',
        'expired',
        'overtaken',
      ],
      'booking_actor': ['guest', 'host', 'staff', 'system'],
      'booking_status': [
        'awaiting_payment',
        'requested',
        'confirmed',
        'completed',
        'declined',
        'expired',
        'cancelled_by_guest',
        'cancelled_by_host',
        'cancelled_by_staff',
        'no_show',
        'payment_conflict',
      ],
      'cancellation_rule': [
        'flexible',
        'moderate',
        'limited',
        'firm',
        'strict',
        'non_refundable',
        'long_stay',
        'grace',
        'host_cancelled',
        'staff',
        'unpaid',
      ],
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
      'complaint_category': [
        'no_access',
        'not_as_described',
        'not_clean',
        'not_working',
        'not_safe',
        'other',
      ],
      'complaint_status': ['open', 'withdrawn', 'dismissed', 'refunded'],
      'damage_claim_status': [
        'open',
        'disputed',
        'withdrawn',
        'dismissed',
        'owed',
        'paid',
        'unpaid',
      ],
      'earning_kind': ['payout', 'reversal', 'reversal_owed', 'debt_collected', 'penalty'],
      'feed_health': ['new', 'healthy', 'failing'],
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
      'host_role': ['owner', 'full', 'calendar'],
      'invitation_status': ['open', 'accepted', 'declined', 'withdrawn'],
      'line_kind': ['night', 'extra_guests', 'cleaning', 'pets', 'tax'],
      'listing_status': ['draft', 'published', 'hidden'],
      'message_kind': ['text', 'automated', 'event'],
      'message_occasion': ['booking_confirmed', 'check_in_instructions', 'review_reminder'],
      'moderation_measure': [
        'dismiss',
        'warn',
        'remove_review',
        'remove_message',
        'hide_listing',
        'show_listing',
        'suspend',
        'lift_suspension',
      ],
      'no_show_status': ['reported', 'objected', 'upheld', 'dismissed', 'withdrawn', 'overtaken'],
      'notification_channel': ['in_app', 'email'],
      'offer_kind': ['pre_approval', 'special_offer'],
      'offer_status': ['open', 'accepted', 'declined', 'withdrawn', 'expired'],
      'payment_purpose': ['stay', 'shortfall', 'damage', 'alteration'],
      'payment_status': ['pending', 'processing', 'authorized', 'captured', 'cancelled'],
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
      'payout_status': ['scheduled', 'blocked', 'sent', 'paid', 'reversed', 'cancelled'],
      'receipt_kind': ['receipt', 'credit_note'],
      'receipt_source': [
        'share_confirmed',
        'share_captured',
        'share_settled',
        'share_altered',
        'share_alteration_ended',
        'share_complaint',
        'share_refund',
        'share_refund_failed',
        'share_refund_cut',
        'share_returned',
        'share_dispute',
      ],
      'refund_reason': [
        'declined',
        'expired',
        'payment_conflict',
        'cancelled_by_guest',
        'cancelled_by_host',
        'cancelled_by_staff',
        'no_show',
        'paid_after_the_end',
        'amount_mismatch',
        'customer_mismatch',
        'unpaid',
        'altered',
        'alteration_ended',
        'complaint',
        'dispute_won',
        'dashboard',
      ],
      'refund_status': ['pending', 'succeeded', 'failed'],
      'report_category': [
        'fraud',
        'harassment',
        'hate',
        'danger',
        'illegal',
        'inaccurate',
        'spam',
        'other',
      ],
      'report_status': ['open', 'closed'],
      'report_subject': ['listing', 'person', 'review', 'message'],
      'room_type': ['entire_home', 'private_room', 'shared_room', 'hotel_room'],
      'stripe_check_kind': ['host', 'balance', 'floor'],
      'verification_kind': ['identity', 'phone'],
      'vote_direction': ['up', 'down'],
      'wishlist_purpose': ['read', 'join'],
    },
  },
} as const;
