//! What the schemas of settings say to people: their titles and descriptions, which come from the
//! connectors' code and are marked here for the catalogues of languages.

use domain::word;

/// Every title and description of a setting, and of what it can be chosen from, as the form shows it.
pub const LABELS: &[&str] = &[
    word!("Address"),
    word!("User name"),
    word!("Warehouse code"),
    word!("Dialect"),
    word!("Requests per second"),
    word!("Tries per call"),
    word!("Tries per read"),
    word!("Rows per page"),
    word!("Time limit (s)"),
    word!("Silence limit (s)"),
    word!("Largest answer (MB)"),
    word!("Days read again"),
    word!("Seconds read again"),
    word!("Documents from"),
    word!("Time zone"),
    word!("Database"),
    word!("Port"),
    word!("Protocol"),
    word!("Company id"),
    word!("Language"),
    word!("What is missing"),
    word!("Application server"),
    word!("Instance number"),
    word!("Client"),
    word!("Log every call"),
    word!("Interface"),
    word!("Product service"),
    word!("Changes by"),
    word!("Plant"),
    word!("BOM usage"),
    word!("BOM alternative"),
    word!("Reference in"),
    word!("Commit by"),
    word!("Recipes as"),
    word!("Date format of the user"),
    word!("Decimal comma"),
    word!("Attempts"),
    word!("Waits between attempts"),
    word!("Listed waits (s)"),
    word!("First wait (s)"),
    word!("Multiplied by"),
    word!("Longest wait (s)"),
    word!("Spread (%)"),
    word!("Messages at once"),
    word!("Failures before a pause"),
    word!("Pause after failures (s)"),
    word!("Maintenance windows"),
    word!("Address of the gateway, for example http://pantheon.example.invalid:3003."),
    word!("User name of the account."),
    word!("The ERP's code of the warehouse whose lines become floor work."),
    word!("Which of the gateway's two forms is spoken."),
    word!("Requests per second the account may make."),
    word!("Tries per call, the first included."),
    word!("Tries per read, the first included. A write is sent once and looked up afterwards."),
    word!("Tries per read, the first included. Writes are sent once."),
    word!("Products per page."),
    word!("Seconds a call may take as a whole."),
    word!("Seconds a call may take as a whole. Validating a large transfer takes Odoo a while."),
    word!("Seconds of silence after which a call is given up; the time limit when empty."),
    word!("Largest answer that is read, in megabytes, unpacked."),
    word!(
        "Days before the last document date that are read again, because late edits do not move it."
    ),
    word!("Documents dated before this day are not read: what was done before Crossdock came."),
    word!("Transfers made before this day are not read: what was done before Crossdock came."),
    word!("The zone of the gateway's times."),
    word!("The zone whose days date the transfers."),
    word!("Address of the server, for example https://mycompany.odoo.com."),
    word!("Name of the database."),
    word!("Login of the user whose key it is. JSON-RPC needs it (Odoo 14 to 18); JSON-2 does not."),
    word!("Port, when the address does not carry one: 8069 for a server without a proxy in front."),
    word!(
        "How the server is spoken to. By its version means JSON-2 from Odoo 19 on and JSON-RPC before."
    ),
    word!("Id of the company that is worked for; without it, all companies of the user are read."),
    word!("Language of names, as Odoo writes it; it has to be installed there."),
    word!("What becomes of that which was not done of a transfer."),
    word!(
        "Seconds before the last change seen that are read again: a change carries the time its transaction began, and shows only at its end."
    ),
    word!(
        "Address of SAP's HTTP port, for example https://sap.example.invalid:44300. Empty when host and instance number are given."
    ),
    word!(
        "Application server, in place of the address: HTTPS on port 443 and the instance number."
    ),
    word!("Instance number, two digits; used with the application server."),
    word!("Client, three digits. Without it SAP would choose one itself."),
    word!("User name of the technical user."),
    word!("Language of descriptions and messages, two letters."),
    word!("Writes every call with SAP's own messages to the log."),
    word!("What is spoken: OData, or function modules over SOAP for systems without it."),
    word!("Which of the product services is read."),
    word!("Which field tells that a product changed; older releases have the day only."),
    word!("Plant of bills of materials that name none."),
    word!("Usage of the bills of materials that are written: 1 is production."),
    word!("Alternative of the bills of materials that are written."),
    word!(
        "Which text of a bill's header carries Crossdock's reference, by which it is found again."
    ),
    word!("Who commits what function modules wrote."),
    word!(
        "How recipes are written over SOAP: as bills of materials, or by a function module of their own where the system has one."
    ),
    word!(
        "How the technical user's dates are written; bills of materials are written in it over SOAP."
    ),
    word!("Whether the technical user's decimals are written with a comma."),
    word!("With so many failed attempts a message is dead, 1 to 10."),
    word!("How the waits grow."),
    word!(
        "Waits after the first, second and further failures, seconds, where they are listed; the last one serves all that follow."
    ),
    word!("The first wait where they are not listed, seconds."),
    word!("What each wait is multiplied by where it is a multiple of the one before."),
    word!("No wait is longer, seconds."),
    word!(
        "Waits are spread by so much either way, percent, so that what failed together does not come back together."
    ),
    word!(
        "Messages on their way to the system at once from each node, where they do not go one after the other."
    ),
    word!("After so many failures in a row calls and messages pause."),
    word!(
        "How long they pause, seconds. When empty, two minutes for calls and 20 seconds for messages."
    ),
    word!("When nothing is sent, in the site's time, every day. A window may pass midnight."),
    word!("Each a multiple of the one before"),
    word!("Each longer by the first wait"),
    word!("All as long as the first"),
    word!("As listed"),
    word!("POST /get with the method in the body: what gateways speak today"),
    word!("GET /<method>: the older form"),
    word!("By its version"),
    word!("POST /json/2/<model>/<method> with the key as bearer"),
    word!("POST /jsonrpc"),
    word!("POST /jsonrpc over TLS"),
    word!("It waits in a backorder"),
    word!("It is cancelled"),
    word!("/sap/opu/odata: S/4HANA"),
    word!("/sap/bc/soap/rfc: ECC, and S/4HANA on premise"),
    word!("API_PRODUCT_SRV, OData version 2"),
    word!("api_product, OData version 4, of newer releases"),
    word!("LastChangeDateTime"),
    word!("LastChangeDate: whole days are read again"),
    word!("The bill's text"),
    word!("The alternative's text"),
    word!("The function module itself, before it answers"),
    word!("BAPI_TRANSACTION_COMMIT in the same session, for systems that keep one between calls"),
    word!("As the bill of the material of their code"),
    word!("By BAPI_RECIPE_CREATE, over SOAP"),
];
