-- Contact data: what is hidden in words before a stay is confirmed, and where the words stay for
-- staff.
--
-- Messages and the words of a booking are masked when they are written, and so is everything that a
-- person puts on their own pages: their name, their homes, captions, reviews. What was written is
-- never lost: it stands in `private.masked_words`, for staff alone. Tricks have no end; these are
-- the common ones of four languages. What looks like a number to call and is none (amounts, days,
-- hours, years, rooms, sizes) stays as it was: docs/rules.md.

-- One way to write each sign, and none that nobody sees.
create function private.plain_signs(body text)
  returns text language sql immutable security invoker set search_path = ''
  -- ASCII has none of these (measured with 700 letters: 460 us).
  return case when octet_length(body) = char_length(body) then body else translate(
    regexp_replace(normalize(body, nfkc),
      '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u20E3\u3164\uE000-\uF8FF\uFE00-\uFE0F\uFEFF]',
      '', 'g'),
    '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯๐๑๒๓๔๕๖๗๘๙•',
    '01234567890123456789012345678901234567890123456789•') end;

comment on function private.plain_signs is
  'Rule: digits of any script are treated as digits, and invisible characters do not separate '
  'anything.';

-- The digits of what may stay step aside into signs that plain_signs removed before.
create function private.set_aside(body text, pattern text)
  returns text language sql immutable security invoker set search_path = ''
  return case when body !~* pattern then body else (
    select string_agg(
      parts.part || coalesce(
        translate(kept.found[1], '0123456789',
          U&'\E000\E001\E002\E003\E004\E005\E006\E007\E008\E009'), ''),
      '' order by parts.place)
    from regexp_split_to_table(body, pattern, 'i') with ordinality as parts (part, place)
    left join regexp_matches(body, pattern, 'gi') with ordinality as kept (found, place)
      on kept.place = parts.place) end;

comment on function private.set_aside is
  'Hides the digits of matching text while the rules for phone numbers check it.';

-- Rooms 101 102 103 104; 2019, 2020, 2021; 4, 5, 6, 7, 8, 9 June.
create function private.is_enumeration(list text)
  returns boolean language plpgsql immutable security invoker set search_path = ''
as $$
declare
  texts   constant text[] := array(select parts.part[1]
    from regexp_matches(list, '[0-9]+', 'g') as parts (part));
  named   constant boolean := list ~ '^[[:alpha:]]';
  numbers integer[];
  steps   integer[];
begin
  if exists (select from unnest(texts) as number where number ~ '^0|.{5}')
    or (select count(distinct char_length(number)) from unnest(texts) as number) > 1
      + (not named)::integer
  then
    return false;
  end if;
  numbers := texts::integer[];
  steps := array(
    select numbers[place + 1] - numbers[place]
      from generate_series(1, cardinality(numbers) - 1) as place);
  return (1 <= all (steps) or -1 >= all (steps))
    and case
      when 1900 <= all (numbers) and 2099 >= all (numbers) then true
      when named then 200 >= all (steps) and -200 <= all (steps)
      else cardinality(numbers) >= 3 and steps[1] between -10 and 10 and steps[1] = all (steps)
    end;
end $$;

comment on function private.is_enumeration is
  'Rule: numbers that only increase or only decrease are not a phone number if they are years, if '
  'the word before them says that they are rooms or similar, or if they are evenly spaced.';

-- Numbers as words
create function private.digit_words()
  returns text language sql immutable security invoker set search_path = ''
  return '(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|null|eins?|zwei|zwo|drei|'
    || 'vier|fünf|fuenf|sechs|sieben|acht|neun|zéro|une?|deux|trois|quatre|cinq|sept|huit|neuf|cero|uno|dos|'
    || 'tres|cuatro|cinco|seis|siete|ocho|nueve)';

create function private.tens_words()
  returns text language sql immutable security invoker set search_path = ''
  return '(?:ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|'
    || 'eigh|nine)ty|zehn|elf|zwölf|(?:drei|vier|fünf|sech|sieb|acht|neun)zehn|(?:(?:ein|zwei|drei|vier|fünf|'
    || 'sechs|sieben|acht|neun)und)?(?:zwanzig|drei(?:ß|ss)ig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)|'
    || 'dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|soixante|diez|once|doce|'
    || 'trece|catorce|quince|dieci(?:s[eé]is|siete|ocho|nueve)|veint(?:e|i[[:alpha:]]{2,6})|treinta|cuarenta|'
    || 'cincuenta|sesenta|setenta|ochenta|noventa|double|triple|doble|doppel)';

-- What is said between two digits
create function private.filler_words()
  returns text language sql immutable security invoker set search_path = ''
  return '(?:dash|hyphen|minus|then|and|strich|bindestrich|dann|und|tiret|puis|et|guion|luego|y)';

-- `apart` leaves what was set aside where it is: what is left can be joined with more text.
create function private.mask_marked_contacts(body text, apart boolean)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
declare
  hidden  constant text := '•••';
  gap     constant text := '[^[:alpha:]0-9]{0,6}';
  alone   constant text := '(?<![[:alnum:]])(?<![0-9+]' || gap || ')';
  -- E-mail addresses and links
  at_sign constant text := '(?:at|ät|arroba|arobase?|klammeraffe)';
  dot     constant text := '(?:dot|punkt|point|punto)';
  between constant text := '[[:space:]_*~|/\\-]';
  label   constant text := '[[:alnum:]-]+';
  -- Endings that are words as well count after a dot alone, in small letters: a sentence may begin
  -- there.
  ending  constant text
    := '(?:io|eu|ch|fr|nl|uk|pl|ly|gg|tv|cc|ca|au|mx|br|ar|cl|se|dk|fi|ie|cz|ru|jp|kr|cn|vn|hu|gr|tr|xyz|'
    || 'shop|website|museum|blog|mobi)';
  word    constant text
    := '(?:co|me|de|at|es|it|be|us|pt|to|link|page|store|club|travel|rentals|villas|apartments|cloud)';
  -- Apps, and what stands between their names and somebody's there
  app     constant text
    := '(?:wh?ats?\s?app|telegram|insta(?:gram)?|snapchat|skype|we\s?chat|viber|facebook|'
    || 'messenger|discord|tik\s?tok|kakao(?:talk)?|twitter|threema)';
  short   constant text := '(?:signal|line|ig|fb|wa|tg|snap|whats)';
  noun    constant text
    := '(?:id|name|handle|nick(?:name)?|user(?:name)?|account|konto|compte|cuenta|usuario|pseudo)';
  verb    constant text := '(?:[:=>@]+|\m(?:is|ist|est|es)\M)';
  -- A word that has the look of a name there: jane_doe, jane.doe, jane99
  handle  constant text
    := '@?(?=[[:alnum:]_.]*[[:alpha:]])[[:alnum:]]+(?:[_.]+[[:alnum:]]+|(?<=[[:alpha:]])[0-9]+|[#:][[:alnum:]]{3,})[[:alnum:]_]*';
  -- Days and hours
  dd      constant text := '(?:0?[1-9]|[12][0-9]|3[01])';
  mm      constant text := '(?:0?[1-9]|1[0-2])';
  hour    constant text := '(?:[01]?[0-9]|2[0-3])[:h][0-5][0-9]';
  day     constant text := '(?:(?:19|20)[0-9]{2}[-/.]' || mm || '[-/.]' || dd
    || '|' || dd || '[-/.]' || dd || '[-/.](?:(?:19|20)[0-9]{2}|[0-9]{2}))';
  days    constant text := '(?:(?:' || dd || '\.? ?[-–—] ?)?' || day || '(?: ?[-–—] ?' || day
    || ')?(?:,? '
    || hour || ')?|' || hour || '(?: ?[-–—] ?' || hour || ')?)';
  moment  constant text := alone || days || '(?:(?:,|;| [/|&])? ' || days || ')*(?![[:alnum:]])(?!'
    || gap
    || '[0-9](?:' || gap || '[0-9]){2})';
  a_day   constant text := dd || '[./]' || mm || '\.?';
  size    constant text := '[0-9]{1,3} ?[×*] ?[0-9]{1,3}(?: ?[×*] ?[0-9]{1,3})?';
  few     constant text := alone || '(?:' || dd || '\.? ?[-–—] ?' || a_day || '|' || a_day
    || ' ?[-–—] ?' || a_day
    || '|' || a_day || ',? ' || hour || '(?: ?[-–—] ?' || hour || ')?|' || size
      || '(?:(?:,|;| [/|&])? ' || size || ')*)(?![[:alnum:]])(?!' || gap || '[0-9])';
  -- Amounts
  coin    constant text
    := '(?:[$€£¥₩₫₱₹₺₽₴₪฿₡₦₲₵₸]|R\$|S/|zł|Kč|(?<![[:alpha:]])(?:(?:Rp|Rs|kr|Fr|Ft)\.?|AED|ALL|AMD|ARS|AUD|AZN|'
    || 'BAM|BDT|BGN|BHD|BOB|BRL|BWP|CAD|CHF|CLP|CNY|COP|CRC|CZK|DKK|DOP|DZD|EGP|ETB|EUR|FJD|GBP|GEL|GHS|GTQ|'
    || 'HKD|HNL|HUF|IDR|ILS|INR|IQD|IRR|ISK|JMD|JOD|JPY|KES|KHR|KRW|KWD|KZT|LAK|LBP|LKR|MAD|MDL|MGA|MKD|MMK|'
    || 'MNT|MUR|MXN|MYR|MZN|NAD|NGN|NIO|NOK|NPR|NZD|OMR|PAB|PEN|PHP|PKR|PLN|PYG|QAR|RON|RSD|RUB|RWF|SAR|SEK|'
    || 'SGD|THB|TND|TRY|TTD|TWD|TZS|UAH|UGX|USD|UYU|UZS|VES|VND|XAF|XCD|XOF|XPF|ZAR|ZMW|euros?|dollars?|'
    || 'd[oó]lares|pesos?|rupiah|forints?|dong|yen|won|pounds?|pfund|livres|libras|francs?|franken|reais|'
    || 'rupees?|baht|kron(?:or|er|en|a)|soles|colones|guaran[ií]es|zlotys?|lira)(?![[:alpha:]]))';
  large   constant text
    := '(?:[₩₫₲]|(?<![[:alpha:]])(?:Rp\.?|CLP|COP|HUF|IDR|IQD|IRR|KHR|KRW|LAK|LBP|MGA|MMK|MNT|PYG|TZS|UGX|'
    || 'UZS|VND|rupiah|dong|won|guaran[ií]es)(?![[:alpha:]]))';
  cents   constant text := '(?:[.,][0-9]{1,2})?(?![0-9])';
  sum     constant text
    := '(?:[1-9][0-9]?(?:(?:\.[0-9]{3}){1,2}|(?:,[0-9]{3}){1,2}|(?: [0-9]{3}){1,2}|(?:[''’][0-9]{3}){1,2})|'
    || '[1-9][0-9]{2}[., ''’][0-9]{3}|[1-9][0-9]?(?:,[0-9]{2}){1,2},[0-9]{3}|0|[1-9][0-9]{0,7})'
      || cents;
  fortune constant text
    := '(?:[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){1,2}|(?:,[0-9]{3}){1,2}|(?: [0-9]{3}){1,2})|[1-9][0-9]{0,8})' || cents;
  to_sum  constant text := '(?: ?[-–—/] ?|, | (?:and|und|et|y|or|oder|ou|o|to|bis|à|a) )';
  amount  constant text := alone || '(?:' || coin || ' ?' || sum || '(?:' || to_sum || coin
    || '? ?' || sum || ')*|'
    || sum || '(?:' || to_sum || sum || ')* ?' || coin || '|' || large || ' ?' || fortune || '|'
      || fortune || ' ?' || large
    || '|[1-9][0-9]{0,2}(?:(?:,[0-9]{3}){2,3}(?:\.[0-9]{2})?|(?:\.[0-9]{3})?\.[0-9]00|(?: [0-9]{3})? [0-9]00)'
    -- Without a coin it may be the beginning of a longer number.
    || '(?!' || gap || '[0-9]{3}))(?![0-9])(?![-./ ][0-9]{2})';
  -- Numbers of which some may be words
  digit   constant text := private.digit_words();
  tens    constant text := private.tens_words();
  number  constant text := '(?:(?<![0-9])[0-9]{1,4}(?![0-9])|\m(?:' || digit || '|' || tens
    || ')\M)';
  filler  constant text := '(?:' || gap || '|[^[:alpha:]0-9]{1,4}' || private.filler_words()
    || '[^[:alpha:]0-9]{1,4})';
  piece   text;
  numbers text;
  plain   constant text := private.plain_signs(body);
  masked  text := plain;
  before  text;
begin
  -- Again, until nothing is left to hide: what was hidden may stand beside what was not.
  for round in 1 .. 5 loop
    before := masked;
    -- j a n e @ e x a m p l e . c o m: letters that stand apart are read together.
    for piece in
      select distinct spaced.run[1]
      from regexp_matches(masked,
        '(?<![[:alnum:]])[[:alnum:]@](?:[[:space:]_*-]{1,3}[[:alnum:]@.:/+]){4,}(?![[:alnum:]])',
          'g') as spaced (run)
    loop
      if piece ~ '[[:alpha:]]'
        and private.mask_contacts(regexp_replace(piece, '[[:space:]_*-]+', '', 'g')) ~ hidden
      then
        masked := replace(masked, piece, hidden);
      end if;
    end loop;

    -- ada@example.com, @ada, ada @ example . com
    masked := regexp_replace(masked, '[^[:space:]]*[^[:space:]@]@+[^[:space:]@][^[:space:]]*',
      hidden, 'g');
    masked := regexp_replace(masked, '(?<![[:alnum:]])@[0-9.]*[A-Za-z_][A-Za-z0-9_.]+', hidden,
      'g');
    masked := regexp_replace(masked,
      '[^[:space:]]+\s*@\s*' || label || '(?:\s*(?:\.|[[({<]?\s*\m' || dot
        || '\M\s*[])}>]?)\s*[[:alpha:]]{2,24})+',
      hidden, 'gi');
    -- ada [at] example (dot) com, adaATexampleDOTcom
    masked := regexp_replace(masked,
      '[^[:space:]]+\s*[[({<]\s*' || at_sign || '\s*[])}>]\s*' || label
        || '(?:\s*(?:\.|[[({<]?\s*\m' || dot
        || '\M\s*[])}>]?)\s*[[:alpha:]]{2,24})*', hidden, 'gi');
    -- ada at example dot com; after a real dot only in small letters: a sentence may begin there.
    if masked ~* (at_sign || between || '+' || label || '(?:\.[a-z]|' || between || '*[[({<]?\s*'
      || dot || ')|at' || label || 'dot|\.\s(?:com|net|org)')
    then
      masked := regexp_replace(masked,
        '[^[:space:]]+' || between || '+(?:' || at_sign || between || '+' || label || '(?:'
          || between
          || '*[[({<]?\s*(?:\mdot\M|_dot_)\s*[])}>]?' || between
            || '*[[:alnum:]-]{2,24})+|(?:arroba|arobase?|ät|klammeraffe)'
          || between || '+' || label || '(?:' || between || '*[[({<]?\s*\m' || dot
            || '\M\s*[])}>]?' || between
          || '*[[:alnum:]-]{2,24})+|at' || between || '+' || label || between
            || '+(?:point|punto|punkt)' || between
          || '+(?:com|net|org|fr|eu|ch|de|mx|ar|co)\M)', hidden, 'gi');
      masked := regexp_replace(masked,
        '[^[:space:]]+' || between || '+(?:[Aa][Tt]|[Aä]t|arroba|arobase?)' || between || '+'
          || label || '(?:\.' || label
          || ')*\.(?:com|net|org|info|' || ending || '|' || word
            || ')\M|[a-z0-9._]{2,}AT[a-z0-9-]{2,}(?:DOT|\.)[a-z]{2,24}\M'
          || '|[A-Za-z0-9-]{3,}\.\s(?:com|net|org)\M(?!\s*[[:alpha:]])', hidden, 'g');
    end if;
    -- ada at gmail
    if masked ~* 'gmail|googlemail|hotmail|yahoo|icloud|proton|gmx|outlook|live|aol|yandex' then
      masked := regexp_replace(masked,
        '[^[:space:]]+\s+(?:(?:' || at_sign || '|auf|bei|chez|en|@)\s+)?'
          || '\m(?:gmail|googlemail|hotmail|yahoo|icloud|proton\s?(?:mail)?|gmx|(?:outlook|live|aol|yandex)(?=\s*(?:\.|\m' || dot || '\M)\s*(?:com|net|de|fr|es|ru)\M))\M'
          || '(?:\s*(?:\.|' || dot
            || ')?\s*\m(?:com|net|org|de|fr|es|me|co|ch|at)\M)?', hidden, 'gi');
    end if;

    -- https://example.com, www . example . com, example.com/ada, example dot com; a short ending
    -- only in small letters: a sentence may begin right after the one before.
    masked := regexp_replace(masked,
      '(?:\mh(?:tt|xx)ps?\M\s*(?::\s*)?/*\s*|\mwww\s*[.,]\s*|\mwww\s+)[^[:space:]]+(?:\s+\.\s*'
        || label || ')*', hidden, 'gi');
    masked := regexp_replace(masked,
      label || '(?:\.' || label
        || ')*(?:(?:\s+\.\s*|\.|\s*[[({<]\s*\.\s*[])}>]\s*|\s*[[({<]?\s*\m(?:dot|punkt|punto|point)\M\s*[])}>]?\s*)'
        || '(?:com|net|org|info|biz|app|dev|online|site)\M|\s*\mdot\M\s*(?:io|co|me|eu|de|at|ch|fr|es|it|nl|be|uk|us)\M'
        || '|\s+punkt\s+(?:de|at|ch|eu)\M|\s+point\s+(?:fr|ch|be)\M)(?:/[^[:space:]]*)?|\m(?:wa|t|m|fb|ig)(?:\.(?:me|com|gg)\M(?:/[^[:space:]]*)?|\s*\.?\s*me\s*/\s*[^[:space:]]+)', hidden, 'gi');
    masked := regexp_replace(masked,
      label || '(?:\.' || label || ')*(?:(?:(?:\.|\s\.\s?)' || ending || '|\.' || word
        || ')\M(?:/[^[:space:]]*)?'
        || '|\.[a-z]{2,24}/[^[:space:]]+)', hidden, 'g');

    -- insta: ada_l, my telegram is ada, instagram jane_doe, jane_doe on instagram
    if masked ~* (app || '|(?:^|[^[:alpha:]])' || short || '[^[:alpha:]]') then
      masked := regexp_replace(masked,
        '\m' || app || '\M\s*(?:\m' || noun || '\M\s*)?[:=>@]+\s*[^[:space:],;!?]{3,}'
          || '|\m(?:my|our|meine?|unser|mon|notre|mi|nuestro)\s+' || app || '\M\s*(?:\m' || noun
            || '\M\s*)?' || verb
          || '\s*[^[:space:],;!?]{3,}|\m' || app || '\s+' || noun || '\s*' || verb
            || '\s*[^[:space:],;!?]{3,}'
          || '|\m' || short || '\s*[:=@]+\s*[^[:space:],;!?]{3,}'
          || '|\m(?:' || app || '|' || short || ')\M\s*[,(-]?\s*(?:\m(?:' || noun
            || '|is|ist|est|es|as|at|under|als|unter|como|comme|sous|bajo|me|user)\M\s*){0,3}'
          || handle
          || '|' || handle || '\s*[,(-]?\s+[(]?(?:(?:on|in|at|auf|bei|sur|en)\s+)?(?:' || app
            || '|ig|fb|tg)\M'
          || '|\m' || app || '\M\s+' || noun || '\s+[[:alnum:]_.]{4,}(?=\s*(?:[.,;!?)]|$))'
          || '|\m' || app || '\M\s+(?:as|under|als|unter|sous|bajo)\s+[[:alnum:]_.]{5,}(?=\s*(?:[.,;!?)]|$))'
          || '|\m(?:insta|ig|tg)\s+(?!worthy|ready|famous|friendly|photo|pic|stor|account|page|spot|profile|moment|wall|corner)'
          || '[[:alnum:]]{5,}(?=\s*(?:[.,;!?)]|$))', hidden, 'gi');
    end if;
    -- The rules for numbers are looked at only where there could be one (measured: they take twelve
    -- times as long as all the others).
    if apart or char_length(masked) - char_length(translate(masked, '0123456789', '')) >= 7
      or masked ~* ('(?:' || digit || '|' || tens || ')' || filler || '(?:' || digit || '|' || tens
        || '|[0-9])')
    then
      masked := private.set_aside(private.set_aside(private.set_aside(masked, moment), few),
        amount);
      -- Six numbers in a row of which some are words, or as many as make seven digits.
      for piece in
        select distinct series.list[1]
        from regexp_matches(masked, number || '(?:' || filler || number
          || '){3,}', 'gi') as series (list)
      loop
        numbers := regexp_replace(regexp_replace(piece, '\m' || tens || '\M', ' 00 ', 'gi'), '\m'
          || digit || '\M', ' 0 ', 'gi');
        if numbers <> piece and (
            select count(*) >= 6 or char_length(string_agg(parts.part[1], '')) >= 7
            from regexp_matches(numbers, '[0-9]+', 'g') as parts (part))
        then
          masked := replace(masked, piece, hidden);
        end if;
      end loop;
      for piece in
        select distinct series.list[1]
        from regexp_matches(masked,
          '(?:\m(?:rooms?|apartments?|apts?|units?|suites?|cabins?|villas?|bungalows?|flats?|houses?|numbers?|nos?|zimmer|wohnung(?:en)?|'
            || 'hausnummern?|nummern?|chambres?|appartements?|logements?|numéros?|habitaci[oó]n(?:es)?|cuartos?|'
            || 'apartamentos?|números?|bus(?:es|se)?|lines?|trams?|linien?|lignes?|líneas?)\M[^[:alnum:]]{1,3})?(?<![0-9])(?<![0-9+(]'
            || gap || ')[0-9]{1,4}(?:\s?[,;/&+–-]?\s?(?:(?:and|und|et|y|e|or|oder|ou|o)\s)?[0-9]{1,4}){1,}(?!' || gap || '[0-9])', 'gi') as series (list)
      loop
        if private.is_enumeration(piece) then
          masked := replace(masked, piece, private.set_aside(piece, '[0-9]+'));
        end if;
      end loop;

      -- Seven digits, whatever stands between them, as digits or as words; 0x6x1x2x3x4x5.
      masked := regexp_replace(masked, '[+(]*(?:[0-9]|' || digit || ')(?:(?:' || gap
        || '|[oO])(?:[0-9]|' || digit || ')){6,}'
        || '|[0-9](?:[[:space:]._-]?[a-z][[:space:]._-]?[0-9]){7,}|(?<![0-9])[0-9]{1,4}(?![0-9])(?:' || filler || '(?<![0-9])[0-9]{1,4}(?![0-9])){6,}', hidden, 'gi');
      if not apart then
        masked := translate(masked, U&'\E000\E001\E002\E003\E004\E005\E006\E007\E008\E009',
          '0123456789');
      end if;
    end if;
    exit when masked = before or apart;
  end loop;
  -- One sign of a script may be many in plain ones; the text keeps its length.
  return case when masked = plain and not apart then body
    else left(masked, greatest(char_length(body), 3)) end;
end $$;

-- What none of the rules above can do without. Most texts have nothing of it, and then no rule is
-- asked (measured with 700 letters: a quarter of the time).
create function private.may_have_contacts(plain text)
  returns boolean language plpgsql immutable security invoker set search_path = ''
as $$
declare
  number constant text := '(?:' || private.digit_words() || '|' || private.tens_words() || ')';
  apart  constant text := '[^[:alpha:]0-9]';
begin
  return plain ~* ('[@[({</]|\.[[:alpha:]]|\s\.|\.\s+(?:com|net|org)|dot|point|punkt|punto'
      || '|http|hxxp|www|gmail|googlemail|hotmail|yahoo|icloud|proton|gmx|outlook|live|aol|yandex'
      -- Letters that stand apart
      || '|(?:[[:space:]_*-]{1,3}[[:alnum:]@.:/+]){4}'
      -- Apps
      || '|wh?ats?\s?app|telegram|insta|snapchat|skype|we\s?chat|viber|facebook|messenger|discord'
      || '|tik\s?tok|kakao|twitter|threema'
      || '|(?:^|[^[:alpha:]])(?:signal|line|ig|fb|wa|tg|snap|whats)[^[:alpha:]]')
    -- Seven digits; counting them by translate took half the time of a description.
    or plain ~ '[0-9](?:[^0-9]*[0-9]){6}'
    or plain ~* (number || apart || '*(?:' || private.filler_words() || apart || '+)?(?:' || number
      || '|[0-9])');
end $$;

comment on function private.may_have_contacts is
  'Whether any rule for contact data could find something. Where it says no, none does.';

create function private.mask_contacts(body text, apart boolean default false)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  if not apart and not private.may_have_contacts(private.plain_signs(body)) then
    return body;
  end if;
  return private.mask_marked_contacts(body, apart);
end $$;

comment on function private.mask_contacts is
  'Rule: hides telephone numbers, e-mail addresses, links and handles by masking them (until when: '
  'private.contacts_open_at). A text without any is returned unchanged.';


-- What was written

-- Deferred: a new profile's name is masked before there is the profile.
create table private.masked_words (
  masked_id  bigint      primary key generated always as identity,
  subject    text        not null,
  subject_id uuid        not null,
  field      text        not null,
  author_id  uuid        references public.profiles
    on delete restrict deferrable initially deferred,
  original   text        not null,
  masked_at  timestamptz not null,

  constraint masked_words_know_their_subject check (
    subject in ('message', 'booking', 'person', 'listing', 'photo', 'review', 'guest_review'))
);

create unique index masked_words_are_kept_once_idx
  on private.masked_words (subject_id, subject, field, md5(original));
create index masked_words_author_id_idx on private.masked_words (author_id, masked_id desc)
  where author_id is not null;
alter table private.masked_words enable row level security;
comment on table private.masked_words is
  'The original texts in which contact data was masked: for staff alone. Deleted with their '
  'author, and those of messages, also of one with a booking, with the words of the message '
  '(private.forget_records).';

create function private.keep_words(
  subject text, subject_id uuid, field text, author_id uuid, original text)
  returns void language sql volatile security definer set search_path = ''
begin atomic
  insert into private.masked_words (subject, subject_id, field, author_id, original, masked_at)
  values (
    keep_words.subject, keep_words.subject_id, keep_words.field, keep_words.author_id,
      keep_words.original,
    private.now())
  on conflict do nothing;
end;

comment on function private.keep_words is 'Rule: the original of a masked text is always kept.';

-- Pages

-- The arguments: the subject, its id, who answers for it where nobody is signed in, and the fields.
create function private.mask_page()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  page    jsonb := to_jsonb(new);
  former  jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  masked  jsonb := '{}';
  field   text;
  all_new text;
begin
  -- Nearly all pages have none: asked of their fields together, because most of the time goes into
  -- starting the pattern (measured: half the time of a home). A sign of one is a sign of all.
  select string_agg(page ->> named, E'\n') into all_new
  from unnest(tg_argv[3:]) as named
  where page ->> named is distinct from former ->> named;
  if not coalesce(private.may_have_contacts(private.plain_signs(all_new)), false) then
    return new;
  end if;
  foreach field in array tg_argv[3:] loop
    if page ->> field is distinct from former ->> field
      and private.mask_contacts(page ->> field) <> page ->> field
    then
      masked := masked || jsonb_build_object(field, private.mask_contacts(page ->> field));
      perform private.keep_words(
        tg_argv[0], (page ->> tg_argv[1])::uuid, field,
          coalesce(auth.uid(), (page ->> tg_argv[2])::uuid),
        page ->> field);
    end if;
  end loop;
  if masked <> '{}' then
    new := jsonb_populate_record(new, masked);
  end if;
  return new;
end $$;

comment on function private.mask_page is
  'Rule: text that everyone can read before booking contains no contact data. Text that an '
  'operator imports is theirs to check; it is masked from the first change on.';

-- Imported pages stay as they came, also when a newer file corrects them (private.begin_bulk_load).
create trigger mask_the_new_profile before insert on public.profiles
  for each row when (new.source is null)
  execute function private.mask_page('person', 'profile_id', 'profile_id', 'display_name', 'about',
    'location');
create trigger mask_the_profile before update of display_name, about, location on public.profiles
  for each row when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.mask_page('person', 'profile_id', 'profile_id', 'display_name', 'about',
    'location');
create trigger mask_the_new_listing before insert on public.listings
  for each row when (new.source is null)
  execute function private.mask_page(
    'listing', 'listing_id', 'host_id', 'title', 'description', 'house_rules', 'city',
    'region', 'neighbourhood');
create trigger mask_the_listing
  before update of title, description, house_rules, city, region, neighbourhood
  on public.listings
  for each row when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.mask_page(
    'listing', 'listing_id', 'host_id', 'title', 'description', 'house_rules', 'city',
    'region', 'neighbourhood');

-- Words of the schema (enum) are the operator's.
create function private.mask_custom_fields()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  properties constant jsonb := (select listing_forms.schema -> 'properties'
    from public.listing_forms);
  said record;
begin
  for said in
    select key, value from jsonb_each(new.custom_fields)
    where jsonb_typeof(value) in ('string', 'array')
      and not coalesce(properties -> key ? 'enum' or properties -> key -> 'items' ? 'enum', false)
      and (tg_op = 'INSERT' or value is distinct from old.custom_fields -> key)
  loop
    if private.mask_contacts(said.value #>> '{}') <> said.value #>> '{}' then
      new.custom_fields := jsonb_set(new.custom_fields, array[said.key],
        case jsonb_typeof(said.value)
          when 'string' then to_jsonb(private.mask_contacts(said.value #>> '{}'))
          else (
            select coalesce(jsonb_agg(private.mask_contacts(item)), '[]')
            from jsonb_array_elements_text(said.value) as item) end);
      perform private.keep_words('listing', new.listing_id, 'custom_fields.' || said.key,
        coalesce(auth.uid(), new.host_id), said.value #>> '{}');
    end if;
  end loop;
  return new;
end $$;

comment on function private.mask_custom_fields is
  'Rule: the same applies to the texts among the custom fields of a home.';

create trigger mask_the_new_custom_fields before insert on public.listings
  for each row when (new.source is null and new.custom_fields <> '{}')
  execute function private.mask_custom_fields();
create trigger mask_the_custom_fields before update of custom_fields on public.listings
  for each row when (old.custom_fields <> new.custom_fields
    and current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.mask_custom_fields();
create trigger mask_the_caption before insert or update of caption on public.listing_photos
  for each row when (new.caption <> '')
  execute function private.mask_page('photo', 'photo_id', '', 'caption');
create trigger mask_the_new_review before insert on public.reviews
  for each row when (new.source is null)
  execute function private.mask_page('review', 'review_id', '', 'body', 'reply');
create trigger mask_the_review before update of body, reply on public.reviews
  for each row when (current_setting('staybase.bulk_load', true) is distinct from 'on')
  execute function private.mask_page('review', 'review_id', '', 'body', 'reply');
create trigger mask_the_guest_review before insert or update of body, reply on public.guest_reviews
  for each row execute function private.mask_page('guest_review', 'review_id', 'author_id', 'body',
    'reply');
