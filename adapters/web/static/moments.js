// Moments, in the language and the zone of whoever looks.

const reader = { language: "fr", zone: "UTC" };

export function setReader({ language, zone }) {
  Object.assign(reader, { language, zone });
}

/** As Vigie says it: « 1er décembre à 9 h », “1 December at 9:00”. */
export function formatted(moment, options) {
  const said = new Intl.DateTimeFormat(reader.language === "en" ? "en-GB" : "fr-FR", { ...options, timeZone: reader.zone }).format(moment);
  return reader.language === "en" ? said : french(said);
}

function french(said) {
  return said.replace(/\b1 (?=\p{L})/u, "1er ")
    .replace(/(\d{1,2}):(\d{2})/, (_, hour, minute) => `${Number(hour)}\u202fh${minute === "00" ? "" : `\u202f${minute}`}`);
}

/** As chat platforms say it in the reader's language: « 09:00 », “9:00 AM”. */
export function native(moment, options) {
  const english = reader.language === "en";
  const hour = options.hour && !english ? { hour: "2-digit" } : {};
  return new Intl.DateTimeFormat(english ? "en-US" : "fr-FR", { ...options, ...hour, timeZone: reader.zone }).format(moment);
}
