/** @import { AllMessages } from "./call_texts.js" */

const NOT_HERE = "Desde aquí no se puede llamar en este momento. No suena ningún teléfono.";
const RELOAD =
  "No se pudo cargar el botón. No suena ningún teléfono. Vuelva a cargar la página e inténtelo de nuevo.";
const UNKNOWN = "No pudimos confirmar si su teléfono está sonando. Mírelo antes de intentarlo de nuevo.";
const TOO_MANY = "Hubo demasiadas llamadas. No suena ningún teléfono. Inténtelo más tarde.";
const WRONG = "No se puede llamar a este número. Revíselo e inténtelo de nuevo.";

/** All that buttons and links say, in Spanish: `QuickcallButton.messages = es`. @type {AllMessages} */
export const es = {
  call: "Llamar",
  confirm: "Su teléfono va a sonar. Cuando conteste, se le comunicará con {number}.",
  confirmPress: "Pulse otra vez para llamar a {number}.",
  confirmUnknown: "Puede que su teléfono ya esté sonando. Mírelo primero. Pulse otra vez solo si no suena.",
  yes: "Llamar",
  no: "Cancelar",
  close: "Cerrar",
  another: "Hay otra llamada en curso. Llame a este número cuando haya terminado.",
  calling: "Llamando. Cuando suene su teléfono, conteste para que se le comunique.",
  started: "Se le está comunicando.",
  accepted: "La llamada está en camino. Su teléfono debería sonar pronto.",
  failed: "No se hizo la llamada. Inténtelo más tarde.",
  unknown: UNKNOWN,
  unanswered: "Parece que no se contestó su teléfono. Mírelo antes de intentarlo de nuevo.",
  stopped: "Se dejó de esperar. Su teléfono puede sonar de todos modos: mírelo antes de intentarlo de nuevo.",
  invalid: WRONG,
  progress: {
    ringing: "Su teléfono está sonando. Conteste para que se le comunique.",
    answered: "Usted contestó. Se está llamando al número.",
    connected: "Está en comunicación.",
    ended: "La llamada ha terminado.",
  },
  errors: {
    invalid: WRONG,
    not_ready: RELOAD,
    load_failed: RELOAD,
    token_in_browser: NOT_HERE,
    token_failed: NOT_HERE,
    duplicate: "Puede que esta llamada ya esté en camino. Mire su teléfono.",
    unauthorized: NOT_HERE,
    forbidden: NOT_HERE,
    not_found: NOT_HERE,
    rate_limited: TOO_MANY,
    rejected: NOT_HERE,
    no_endpoints: "En este momento no hay ningún teléfono que pueda sonar.",
    originate_failed: "No se pudo contactar con su teléfono.",
    server_error: UNKNOWN,
    unconfirmed: UNKNOWN,
    bad_response: UNKNOWN,
    network: UNKNOWN,
    timeout: UNKNOWN,
    aborted: "Se detuvo la llamada. No suena ningún teléfono.",
    bad_request: NOT_HERE,
    origin_refused: NOT_HERE,
    verification_failed:
      "Falló la comprobación previa a la llamada. No suena ningún teléfono. Vuelva a cargar la página e inténtelo de nuevo.",
    destination_refused:
      "Desde aquí no se puede llamar a este número. Si no lleva +, escríbalo con + y el código del país.",
    unknown_endpoint: NOT_HERE,
    unknown_call: UNKNOWN,
    not_followed: UNKNOWN,
    too_large: NOT_HERE,
    unsupported_media_type: NOT_HERE,
    method_not_allowed: NOT_HERE,
    key_mismatch:
      "No se pudo distinguir esta pulsación de otra llamada. Vuelva a cargar la página e inténtelo de nuevo.",
    limited: TOO_MANY,
    in_progress: UNKNOWN,
    unknown: UNKNOWN,
    unavailable: NOT_HERE,
    dry_run: "Esto es una prueba. No suena ningún teléfono.",
  },
  causes: {
    USER_BUSY: "Su teléfono está ocupado.",
    NO_ANSWER: "No se contestó su teléfono.",
    ORIGINATOR_CANCEL: "No se contestó su teléfono.",
    CALL_REJECTED: "Se rechazó la llamada en su teléfono.",
    USER_NOT_REGISTERED: "Su teléfono no está conectado en este momento.",
    SUBSCRIBER_ABSENT: "Su teléfono no está conectado en este momento.",
  },
};
