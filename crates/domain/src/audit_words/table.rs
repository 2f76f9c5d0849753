//! The words of each action.

use super::{About, Words};

const fn words(action: &'static str, phrase: &'static str, about: About) -> Words {
    Words {
        action,
        phrase,
        about,
    }
}

/// Every action that is written; a test looks for others in the code.
pub const WORDS: &[Words] = &[
    words("EXPORTED", "exported {}", About::Exports),
    words("SIGN_IN", "signed in as {}", About::User),
    words(
        "SIGN_IN_FAILED",
        "tried to sign in as {} and was refused",
        About::User,
    ),
    words("SIGN_OUT", "signed out as {}", About::User),
    words("USER_CREATED", "created the login {}", About::User),
    words("USER_CHANGED", "changed the login {}", About::User),
    words("USER_DISABLED", "disabled the login {}", About::User),
    words("USER_ENABLED", "enabled the login {} again", About::User),
    words(
        "PASSWORD_CHANGED",
        "changed the own password ({})",
        About::User,
    ),
    words("PASSWORD_RESET", "reset the password of {}", About::User),
    words(
        "SESSION_REVOKED",
        "signed {} out of one browser",
        About::User,
    ),
    words("SESSIONS_REVOKED", "signed {} out everywhere", About::User),
    words(
        "DEVICE_SIGNED_OUT",
        "signed out the device {}",
        About::Devices,
    ),
    words("SCREEN_PAIRED", "paired the screen {}", About::Screens),
    words("SCREEN_CHANGED", "changed the screen {}", About::Screens),
    words("SCREEN_REVOKED", "revoked the screen {}", About::Screens),
    words("TEAM_SAVED", "changed the team {}", About::Teams),
    words("SHIFT_SAVED", "changed the shift {}", About::Teams),
    words("ROSTER_SET", "planned the day of {}", About::Teams),
    words("CUT_OFF_SAVED", "changed the cut-off {}", About::Teams),
    words("CUT_OFF_REMOVED", "removed the cut-off {}", About::Teams),
    words("WAVE_MADE", "made wave {}", About::Tasks),
    words("WAVE_TASKS_ADDED", "put tasks into wave {}", About::Tasks),
    words(
        "WAVE_TASKS_REMOVED",
        "took tasks out of wave {}",
        About::Tasks,
    ),
    words("WAVE_RELEASED", "released wave {}", About::Tasks),
    words("WAVE_CLOSED", "closed the empty wave {}", About::Tasks),
    words("TASK_ASSIGNED", "assigned the task of {}", About::Document),
    words("TASKS_ASSIGNED", "assigned {}", About::Tasks),
    words("TASKS_PRIORITY_SET", "set the priority of {}", About::Tasks),
    words("TASKS_DUE_SET", "set when {} are due", About::Tasks),
    words(
        "SUGGESTION_ACCEPTED",
        "took the suggestion for {}",
        About::Tasks,
    ),
    words(
        "SUGGESTION_OVERRIDDEN",
        "decided against the suggestion for {}",
        About::Tasks,
    ),
    words(
        "DOCUMENT_RECALCULATED",
        "recalculated the document {}",
        About::DocumentId,
    ),
    words(
        "DOCUMENT_TYPE_NAMED",
        "named the document type {}",
        About::Connections,
    ),
    words(
        "CONFLICT_RESOLVED",
        "settled a conflict on {}",
        About::Document,
    ),
    words(
        "TEST_DOCUMENT_CREATED",
        "made the test document {}",
        About::Document,
    ),
    words(
        "TEST_DOCUMENT_DELETED",
        "deleted the test document {}",
        About::Document,
    ),
    words(
        "EXCEPTION_ACKNOWLEDGED",
        "acknowledged the exception {}",
        About::Exceptions,
    ),
    words(
        "EXCEPTION_ASSIGNED",
        "assigned the exception {}",
        About::Exceptions,
    ),
    words(
        "OFFLINE_WORK_DECIDED",
        "decided about offline work on {}",
        About::Exceptions,
    ),
    words(
        "EXCEPTION_RESOLVED",
        "resolved the exception {}",
        About::Exceptions,
    ),
    words(
        "MAPPING_ANSWERED",
        "answered what {} means",
        About::Mappings,
    ),
    words(
        "MAPPING_ASKED_AGAIN",
        "asked again what {} means",
        About::Mappings,
    ),
    words(
        "CONNECTION_CREATED",
        "added the connection {}",
        About::Connections,
    ),
    words(
        "CONNECTION_CHANGED",
        "changed the connection {}",
        About::Connections,
    ),
    words(
        "CONNECTION_SECRETS_REPLACED",
        "replaced secrets of the connection {}",
        About::Connections,
    ),
    words(
        "BRAKE_CHANGED",
        "changed the mass-change brake of connection {}",
        About::ConnectionId,
    ),
    words(
        "SCHEDULE_CREATED",
        "added a schedule for {}",
        About::Schedules,
    ),
    words(
        "SCHEDULE_CHANGED",
        "changed the schedule of {}",
        About::Schedules,
    ),
    words(
        "SCHEDULE_REMOVED",
        "removed the schedule of {}",
        About::Schedules,
    ),
    words("SYNC_REQUESTED", "asked for the sync {}", About::SyncRun),
    words("SYNC_CANCELLED", "cancelled the sync {}", About::SyncRun),
    words(
        "DEACTIVATION_DECIDED",
        "answered the brake of the sync {}",
        About::SyncRun,
    ),
    words(
        "PREVIEW_REQUESTED",
        "asked for the preview {}",
        About::SyncRun,
    ),
    words("PREVIEW_APPLIED", "applied the preview {}", About::SyncRun),
    words(
        "PREVIEW_DISCARDED",
        "discarded the preview {}",
        About::SyncRun,
    ),
    words("BADGE_GIVEN", "gave {} a badge", About::User),
    words("BADGE_TAKEN", "took the badge of {} away", About::User),
    words("COUNT_REQUESTED", "asked for a count of {}", About::Counts),
    words(
        "COUNT_TOLERANCE_SET",
        "changed the tolerance of counts of the site {}",
        About::Counts,
    ),
    words(
        "COUNTS_AFTER_SHORTAGES_SET",
        "decided whether what is missing is counted by itself at the site {}",
        About::Counts,
    ),
    words(
        "LOCATIONS_CHANGED",
        "changed the locations of the site {}",
        About::Locations,
    ),
    words(
        "REST_GIVEN_BACK",
        "gave what {} lacks back to the floor",
        About::Document,
    ),
    words(
        "REST_POLICY_SET",
        "decided whether what documents lack becomes work again at the site {}",
        About::Tasks,
    ),
    words("PHOTO_ADDED", "added a photo to {}", About::Document),
    words("BARCODE_TAUGHT", "scanned a new barcode of {}", About::Item),
    words(
        "BARCODE_ACCEPTED",
        "accepted a barcode of {} from the floor",
        About::Item,
    ),
    words(
        "BARCODE_REJECTED",
        "rejected a barcode of {} from the floor",
        About::Item,
    ),
    words(
        "ERP_ENTRY_MARKED",
        "marked the document {} as entered in the ERP",
        About::Document,
    ),
    words(
        "ERP_ENTRY_TAKEN_BACK",
        "said that the document {} is not in the ERP after all",
        About::Document,
    ),
    words(
        "CATALOG_LOOKUP_API",
        "was asked for the item {}",
        About::Item,
    ),
    words(
        "MESSAGE_RETRIED",
        "sent the message {} again",
        About::Operations,
    ),
    words(
        "MESSAGE_HASTENED",
        "had the message {} tried at once",
        About::Operations,
    ),
    words(
        "MESSAGE_DISCARDED",
        "gave up the message {}",
        About::Operations,
    ),
    words(
        "MESSAGES_RETRIED",
        "sent the dead messages of {} again",
        About::Operations,
    ),
    words(
        "MESSAGE_EDITED",
        "changed what the message {} says and sent it again",
        About::Operations,
    ),
    words(
        "MESSAGE_REHEARSED",
        "tried a copy of the message {} at a test system",
        About::Operations,
    ),
    words(
        "SAGA_TAKEN_BACK",
        "had the saga {} taken back",
        About::Operations,
    ),
    words(
        "SAGA_REQUESTED",
        "asked to write {} into an ERP",
        About::Operations,
    ),
    words(
        "DELIVERY_SETTINGS_CHANGED",
        "changed how results go to the connection {}",
        About::ConnectionId,
    ),
    words("WEBHOOK_CREATED", "added the webhook {}", About::Operations),
    words(
        "WEBHOOK_CHANGED",
        "changed the webhook {}",
        About::Operations,
    ),
    words(
        "WEBHOOK_SECRET_REPLACED",
        "replaced the signing secret of the webhook {}",
        About::Operations,
    ),
    words(
        "WEBHOOK_DELETED",
        "deleted the webhook {}",
        About::Operations,
    ),
    words("WEBHOOK_TESTED", "tried the webhook {}", About::Operations),
];
