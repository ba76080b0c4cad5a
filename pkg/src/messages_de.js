/** @import { AllMessages } from "./call_texts.js" */

const NOT_HERE = "Von hier aus kann zurzeit nicht angerufen werden. Es klingelt kein Telefon.";
const RELOAD =
  "Die Schaltfläche konnte nicht geladen werden. Es klingelt kein Telefon. Laden Sie die Seite neu und versuchen Sie es noch einmal.";
const UNKNOWN =
  "Wir konnten nicht feststellen, ob Ihr Telefon klingelt. Sehen Sie nach, bevor Sie es noch einmal versuchen.";
const TOO_MANY = "Es gab zu viele Anrufe. Es klingelt kein Telefon. Versuchen Sie es später noch einmal.";
const WRONG = "Diese Nummer kann nicht angerufen werden. Prüfen Sie sie und versuchen Sie es noch einmal.";

/** All that buttons and links say, in German: `QuickcallButton.messages = de`. @type {AllMessages} */
export const de = {
  call: "Anrufen",
  confirm: "Ihr Telefon wird klingeln. Wenn Sie abnehmen, werden Sie mit {number} verbunden.",
  confirmPress: "Noch einmal drücken, um {number} anzurufen.",
  confirmUnknown:
    "Vielleicht klingelt Ihr Telefon schon. Sehen Sie erst nach. Drücken Sie nur dann noch einmal, wenn es nicht klingelt.",
  yes: "Anrufen",
  no: "Abbrechen",
  close: "Schließen",
  another: "Es läuft schon ein anderer Anruf. Rufen Sie diese Nummer an, wenn er zu Ende ist.",
  calling: "Der Anruf läuft. Wenn Ihr Telefon klingelt, nehmen Sie ab, um verbunden zu werden.",
  started: "Sie werden verbunden.",
  accepted: "Der Anruf ist unterwegs. Ihr Telefon sollte gleich klingeln.",
  failed: "Der Anruf kam nicht zustande. Versuchen Sie es später noch einmal.",
  unknown: UNKNOWN,
  unanswered: "Ihr Telefon wurde wohl nicht abgenommen. Sehen Sie nach, bevor Sie es noch einmal versuchen.",
  stopped:
    "Das Warten wurde beendet. Ihr Telefon kann trotzdem klingeln: Sehen Sie nach, bevor Sie es noch einmal versuchen.",
  invalid: WRONG,
  progress: {
    ringing: "Ihr Telefon klingelt. Nehmen Sie ab, um verbunden zu werden.",
    answered: "Sie haben abgenommen. Die Nummer wird angerufen.",
    connected: "Sie sind verbunden.",
    ended: "Der Anruf ist beendet.",
  },
  errors: {
    invalid: WRONG,
    not_ready: RELOAD,
    load_failed: RELOAD,
    token_in_browser: NOT_HERE,
    token_failed: NOT_HERE,
    duplicate: "Dieser Anruf ist vielleicht schon unterwegs. Sehen Sie auf Ihr Telefon.",
    unauthorized: NOT_HERE,
    forbidden: NOT_HERE,
    not_found: NOT_HERE,
    rate_limited: TOO_MANY,
    rejected: NOT_HERE,
    no_endpoints: "Zurzeit gibt es kein Telefon, das klingeln könnte.",
    originate_failed: "Ihr Telefon war nicht zu erreichen.",
    server_error: UNKNOWN,
    unconfirmed: UNKNOWN,
    bad_response: UNKNOWN,
    network: UNKNOWN,
    timeout: UNKNOWN,
    aborted: "Der Anruf wurde abgebrochen. Es klingelt kein Telefon.",
    bad_request: NOT_HERE,
    origin_refused: NOT_HERE,
    verification_failed:
      "Die Prüfung vor dem Anruf ist fehlgeschlagen. Es klingelt kein Telefon. Laden Sie die Seite neu und versuchen Sie es noch einmal.",
    destination_refused:
      "Diese Nummer kann von hier aus nicht angerufen werden. Wenn kein + davor steht, schreiben Sie sie mit + und der Landesvorwahl.",
    unknown_endpoint: NOT_HERE,
    unknown_call: UNKNOWN,
    not_followed: UNKNOWN,
    too_large: NOT_HERE,
    unsupported_media_type: NOT_HERE,
    method_not_allowed: NOT_HERE,
    key_mismatch:
      "Dieser Druck war von einem anderen Anruf nicht zu unterscheiden. Laden Sie die Seite neu und versuchen Sie es noch einmal.",
    limited: TOO_MANY,
    in_progress: UNKNOWN,
    unknown: UNKNOWN,
    unavailable: NOT_HERE,
    dry_run: "Dies ist ein Probelauf. Es klingelt kein Telefon.",
  },
  causes: {
    USER_BUSY: "Ihr Telefon ist besetzt.",
    NO_ANSWER: "Ihr Telefon wurde nicht abgenommen.",
    ORIGINATOR_CANCEL: "Ihr Telefon wurde nicht abgenommen.",
    CALL_REJECTED: "Der Anruf wurde an Ihrem Telefon abgelehnt.",
    USER_NOT_REGISTERED: "Ihr Telefon ist zurzeit nicht verbunden.",
    SUBSCRIBER_ABSENT: "Ihr Telefon ist zurzeit nicht verbunden.",
  },
};
