/** @import { AllMessages } from "./call_texts.js" */

const NOT_HERE = "Les appels ne sont pas possibles d’ici pour le moment. Aucun téléphone ne sonne.";
const RELOAD = "Le bouton n’a pas pu être chargé. Aucun téléphone ne sonne. Rechargez la page et réessayez.";
const UNKNOWN = "Nous n’avons pas pu vérifier si votre téléphone sonne. Regardez-le avant de réessayer.";
const TOO_MANY = "Il y a eu trop d’appels. Aucun téléphone ne sonne. Réessayez plus tard.";
const WRONG = "Ce numéro ne peut pas être appelé. Vérifiez-le et réessayez.";

/** All that buttons and links say, in French: `QuickcallButton.messages = fr`. @type {AllMessages} */
export const fr = {
  call: "Appeler",
  confirm: "Votre téléphone va sonner. Quand vous décrochez, vous êtes mis en relation avec {number}.",
  confirmPress: "Appuyez encore une fois pour appeler {number}.",
  confirmUnknown:
    "Votre téléphone sonne peut-être déjà. Regardez-le d’abord. N’appuyez encore que s’il ne sonne pas.",
  yes: "Appeler",
  no: "Annuler",
  close: "Fermer",
  another: "Un autre appel est en cours. Appelez ce numéro quand il sera terminé.",
  calling: "Appel en cours. Quand votre téléphone sonne, décrochez pour être mis en relation.",
  started: "Vous êtes mis en relation.",
  accepted: "L’appel est parti. Votre téléphone devrait bientôt sonner.",
  failed: "L’appel n’a pas été passé. Réessayez plus tard.",
  unknown: UNKNOWN,
  unanswered: "Votre téléphone n’a sans doute pas été décroché. Regardez-le avant de réessayer.",
  stopped: "L’attente a pris fin. Votre téléphone peut sonner quand même : regardez-le avant de réessayer.",
  invalid: WRONG,
  progress: {
    ringing: "Votre téléphone sonne. Décrochez pour être mis en relation.",
    answered: "Vous avez décroché. Le numéro est appelé.",
    connected: "Vous êtes en communication.",
    ended: "L’appel est terminé.",
  },
  errors: {
    invalid: WRONG,
    not_ready: RELOAD,
    load_failed: RELOAD,
    token_in_browser: NOT_HERE,
    token_failed: NOT_HERE,
    duplicate: "Cet appel est peut-être déjà en cours. Regardez votre téléphone.",
    unauthorized: NOT_HERE,
    forbidden: NOT_HERE,
    not_found: NOT_HERE,
    rate_limited: TOO_MANY,
    rejected: NOT_HERE,
    no_endpoints: "Aucun téléphone ne peut sonner pour le moment.",
    originate_failed: "Votre téléphone n’a pas pu être joint.",
    server_error: UNKNOWN,
    unconfirmed: UNKNOWN,
    bad_response: UNKNOWN,
    network: UNKNOWN,
    timeout: UNKNOWN,
    aborted: "L’appel a été arrêté. Aucun téléphone ne sonne.",
    bad_request: NOT_HERE,
    origin_refused: NOT_HERE,
    verification_failed:
      "La vérification avant l’appel a échoué. Aucun téléphone ne sonne. Rechargez la page et réessayez.",
    destination_refused:
      "Ce numéro ne peut pas être appelé d’ici. S’il n’a pas de +, écrivez-le avec + et l’indicatif du pays.",
    unknown_endpoint: NOT_HERE,
    unknown_call: UNKNOWN,
    not_followed: UNKNOWN,
    too_large: NOT_HERE,
    unsupported_media_type: NOT_HERE,
    method_not_allowed: NOT_HERE,
    key_mismatch: "Cet appui n’a pas pu être distingué d’un autre appel. Rechargez la page et réessayez.",
    limited: TOO_MANY,
    in_progress: UNKNOWN,
    unknown: UNKNOWN,
    unavailable: NOT_HERE,
    dry_run: "Ceci est un essai. Aucun téléphone ne sonne.",
  },
  causes: {
    USER_BUSY: "Votre téléphone est occupé.",
    NO_ANSWER: "Votre téléphone n’a pas été décroché.",
    ORIGINATOR_CANCEL: "Votre téléphone n’a pas été décroché.",
    CALL_REJECTED: "L’appel a été refusé sur votre téléphone.",
    USER_NOT_REGISTERED: "Votre téléphone n’est pas connecté pour le moment.",
    SUBSCRIBER_ABSENT: "Votre téléphone n’est pas connecté pour le moment.",
  },
};
