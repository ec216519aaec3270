#include "portal/page_texts.hpp"

namespace bb::portal {

const std::string layout_template = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}} - Sample portal</title>
<link rel="stylesheet" href="/assets/portal.css">
</head>
<body>
<a class="skip" href="#main">Skip to the main content</a>
<header>
<p class="brand">BlueBridge sample portal</p>
{{#account}}
<form class="account" method="post" action="/sign-out">
<span>Signed in as {{account}}{{#acting_for}}, acting for {{acting_for}}{{/acting_for}}</span>
<input type="hidden" name="csrf" value="{{csrf}}">
<button type="submit">Sign out</button>
</form>
{{/account}}
</header>
{{#patient}}
<nav aria-label="Pages of this record">
<ul>
<li><a href="/patients/{{patient}}"{{#is_record}} aria-current="page"{{/is_record}}>Health record</a></li>
<li><a href="/patients/{{patient}}/share"{{#is_share}} aria-current="page"{{/is_share}}>Share</a></li>
<li><a href="/patients/{{patient}}/messages"{{#is_messages}} aria-current="page"{{/is_messages}}>Messages</a></li>
<li><a href="/patients/{{patient}}/history"{{#is_history}} aria-current="page"{{/is_history}}>Activity history</a></li>
<li><a href="/patients/{{patient}}/conversations"{{#is_conversations}} aria-current="page"{{/is_conversations}}>Care team</a></li>
<li><a href="/patients/{{patient}}/refills"{{#is_refills}} aria-current="page"{{/is_refills}}>Prescriptions</a></li>
<li><a href="/patients/{{patient}}/appointments"{{#is_appointments}} aria-current="page"{{/is_appointments}}>Appointments</a></li>
<li><a href="/patients/{{patient}}/entries"{{#is_entries}} aria-current="page"{{/is_entries}}>Own entries</a></li>
<li><a href="/patients/{{patient}}/education"{{#is_education}} aria-current="page"{{/is_education}}>To read</a></li>
<li><a href="/patients/{{patient}}/settings">Notices</a></li>
<li><a href="/patients/{{patient}}/feedback">Feedback</a></li>
<li><a href="/patients/{{patient}}/proxies">People with access</a></li>
<li><a href="/patients/{{patient}}/sharing">On-going sharing</a></li>
<li><a href="/oauth/manage">Applications</a></li>
<li><a href="/people">Choose a person</a></li>
</ul>
</nav>
{{/patient}}
<main id="main" tabindex="-1">
{{{content}}}
</main>
<footer>
<p>Blue Button&reg; is a registered service mark of the U.S. Department of Health and Human Services (HHS).
Its use here does not imply endorsement by HHS or the U.S. government.</p>
<p>This is a sample system for tests. Use it with made-up records only.</p>
</footer>
</body>
</html>
)html";

const std::string sign_in_template = R"html(<h1>Sign in</h1>
{{#notes}}
<p class="note" role="note">{{text}}</p>
{{/notes}}
<p>Sign in to view your health record, download it with Blue Button&reg;, or send it where you choose.</p>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
<form method="post" action="/sign-in">
<input type="hidden" name="csrf" value="{{csrf}}">
{{#next}}
<input type="hidden" name="next" value="{{next}}">
{{/next}}
<p><label for="account">Account</label>
<input id="account" name="account" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required value="{{typed}}"{{#mistake}} aria-invalid="true" aria-describedby="mistake"{{/mistake}}></p>
<p><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{{#mistake}} aria-invalid="true" aria-describedby="mistake"{{/mistake}}></p>
<p><button type="submit">Sign in</button></p>
</form>
)html";

const std::string people_template = R"html(<h1>Choose a person</h1>
{{#has_people}}
<p>You may open these health records:</p>
<ul class="choices">
{{#people}}
<li><a href="/patients/{{id}}">{{name}}</a>{{#is_own}} (your own){{/is_own}}</li>
{{/people}}
</ul>
{{/has_people}}
{{^has_people}}
<p>There is no health record that you may open. A patient can grant you access as their caregiver.</p>
{{/has_people}}
)html";

const std::string record_template = R"html(<h1>Health record{{#name}} of {{name}}{{/name}}</h1>
{{#part}}
<p>This page shows a part of the record: {{part}}. <a href="/patients/{{patient}}">Show the whole record</a></p>
{{/part}}
<section aria-labelledby="download">
<h2 id="download">Blue Button&reg; download</h2>
<form method="get" action="{{view_path}}">
{{#item}}<input type="hidden" name="item" value="{{item}}">{{/item}}
<fieldset>
<legend>Which dates (leave empty for all)</legend>
<p><label for="from">From</label> <input id="from" name="from" type="date" value="{{from}}"></p>
<p><label for="until">Until</label> <input id="until" name="until" type="date" value="{{until}}"></p>
<p><button type="submit">Show these dates</button></p>
</fieldset>
<p>Save {{#part}}this part{{/part}}{{^part}}the whole record{{/part}} as a file:</p>
<ul class="buttons">
{{#formats}}
<li><button type="submit" class="download" formaction="/patients/{{patient}}/download" name="format" value="{{id}}">Download {{title}}</button></li>
{{/formats}}
</ul>
</form>
<p><a href="/patients/{{patient}}/share">Send this record to a destination of your choice</a></p>
</section>
{{#has_visits}}
<section aria-labelledby="parts">
<h2 id="parts">One visit only</h2>
<ul>
{{#visits}}
<li><a href="/patients/{{patient}}/items/{{id}}">{{title}}</a></li>
{{/visits}}
</ul>
</section>
{{/has_visits}}
<section class="record" aria-label="The record">
{{{record}}}
</section>
)html";

const std::string share_template = R"html(<h1>Share the health record of {{name}}</h1>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
<p>The record goes to the address that you type, once, and the activity history keeps a note of it.</p>
<form method="post" action="/patients/{{patient}}/share">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="key" value="{{key}}">
{{#has_mail}}
<fieldset class="rows">
<legend>How</legend>
<p><label><input type="radio" name="way" value="encrypted"{{^is_mail}} checked{{/is_mail}}> Encrypted: {{#has_direct}}to a Direct address, or {{/has_direct}}to an address that starts with https://</label></p>
<p><label><input type="radio" name="way" value="mail"{{#is_mail}} checked{{/is_mail}}> Plain e-mail, to any e-mail address: others can read it on its way</label></p>
</fieldset>
{{/has_mail}}
<p><label for="to">Where to ({{#has_direct}}a Direct address like name@direct.example.org, or {{/has_direct}}{{#has_mail}}an e-mail address, or {{/has_mail}}an address that starts with https://)</label>
<input id="to" name="to" type="{{#has_names}}text{{/has_names}}{{^has_names}}url{{/has_names}}" required value="{{to}}"{{#mistake}} aria-invalid="true" aria-describedby="mistake"{{/mistake}}></p>
<p><label for="format">As which file</label>
<select id="format" name="format">
{{#formats}}
<option value="{{id}}"{{#is_default}} selected{{/is_default}}>{{title}}</option>
{{/formats}}
</select></p>
<p><label for="item">Which part</label>
<select id="item" name="item">
{{#items}}
<option value="{{id}}">{{title}}</option>
{{/items}}
</select></p>
<p><button type="submit">Send the record</button></p>
</form>
)html";

const std::string confirm_mail_template = R"html(<h1>Send the health record of {{name}} by plain e-mail</h1>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
<p class="mistake">{{warning}}</p>
<p>The record goes to <strong>{{address}}</strong>.</p>
<form method="post" action="/patients/{{patient}}/share">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="key" value="{{key}}">
<input type="hidden" name="way" value="mail">
<input type="hidden" name="to" value="{{address}}">
<input type="hidden" name="format" value="{{format}}">
<input type="hidden" name="item" value="{{item}}">
<p><label for="again">Type the address again</label>
<input id="again" name="again" type="email" autocomplete="off" required{{#mistake}} aria-invalid="true" aria-describedby="mistake"{{/mistake}}></p>
<p><label><input name="understood" type="checkbox" value="yes" required> I know that others can read it on its way, and want to send it all the same</label></p>
<p><button type="submit">Send by plain e-mail</button></p>
</form>
<p><a href="/patients/{{patient}}/share">Do not send it like this; choose another way</a></p>
)html";

const std::string shared_template = R"html(<h1>Share the health record of {{name}}</h1>
<div role="status">
<ul>
{{#receipts}}
<li>{{#is_sent}}Sent to {{recipient}}.{{/is_sent}}{{^is_sent}}Not sent to {{recipient}}: {{detail}}.{{/is_sent}}</li>
{{/receipts}}
</ul>
</div>
<p><a href="/patients/{{patient}}/messages">See what becomes of it</a></p>
<p><a href="/patients/{{patient}}/history">See the activity history</a></p>
)html";

const std::string messages_template = R"html(<h1>Messages of {{name}}</h1>
{{#address}}
<p>Other health systems reach you at the Direct address {{address}}.</p>
{{/address}}
<section aria-labelledby="received">
<h2 id="received">Received</h2>
{{#has_received}}
<table>
<caption>What came to you, oldest first</caption>
<thead><tr><th scope="col">When (UTC)</th><th scope="col">From</th><th scope="col">Subject</th></tr></thead>
<tbody>
{{#received}}
<tr><td>{{at}}</td><td>{{from}}</td><td><a href="/patients/{{patient}}/messages/{{id}}">{{subject}}</a></td></tr>
{{/received}}
</tbody>
</table>
{{/has_received}}
{{^has_received}}
<p>Nothing came yet.</p>
{{/has_received}}
</section>
<section aria-labelledby="sent">
<h2 id="sent">Sent</h2>
{{#has_sent}}
<table>
<caption>What became of each record that was sent, newest first</caption>
<thead><tr><th scope="col">When (UTC)</th><th scope="col">To</th><th scope="col">What became of it</th></tr></thead>
<tbody>
{{#sent}}
<tr><td>{{at}}</td><td>{{recipient}}</td><td>{{words}}</td></tr>
{{/sent}}
</tbody>
</table>
{{/has_sent}}
{{^has_sent}}
<p>Nothing was sent yet.</p>
{{/has_sent}}
</section>
)html";

const std::string read_message_template = R"html(<h1>{{subject}}</h1>
<p>From {{from}}</p>
<pre>{{text}}</pre>
{{#has_attachments}}
<h2>Attachments</h2>
<ul>
{{#attachments}}
<li>{{filename}} ({{content_type}})</li>
{{/attachments}}
</ul>
{{/has_attachments}}
<p><a href="/patients/{{patient}}/messages/{{id}}/mail">Save the whole message</a></p>
<p><a href="/patients/{{patient}}/messages">Back to all messages</a></p>
)html";

const std::string history_template = R"html(<h1>Activity history of {{name}}</h1>
{{#has_events}}
<table>
<caption>Who did what with this record, newest first</caption>
<thead><tr><th scope="col">When (UTC)</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Where to</th></tr></thead>
<tbody>
{{#events}}
<tr><td>{{at}}</td><td>{{who}}</td><td>{{what}}</td><td>{{to}}</td></tr>
{{/events}}
</tbody>
</table>
{{#next}}
<p><a href="/patients/{{patient}}/history?cursor={{next}}">Show older activity</a></p>
{{/next}}
{{/has_events}}
{{^has_events}}
<p>Nothing has been done with this record yet.</p>
{{/has_events}}
)html";

const std::string message_template = R"html(<h1>{{heading}}</h1>
<p>{{text}}</p>
<p><a href="{{link}}">{{link_text}}</a></p>
)html";

// Colours: text on white at 12:1 and more, links and buttons at 7:1.
const std::string style_sheet = R"css(:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; }
header, nav, main, footer { padding: 0.5rem 1rem; max-width: 64rem; margin: 0 auto; }
header { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; justify-content: space-between; align-items: center; }
.brand { font-weight: bold; margin: 0; }
.account { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; }
.open-record { margin: 0; padding: 0.25rem 1rem; background: #eef3f8; }
.skip { position: absolute; left: -100rem; background: #fff; padding: 0.5rem 1rem; }
.skip:focus { left: 0; top: 0; z-index: 1; }
nav ul, .buttons { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
nav { border-top: 1px solid #767676; border-bottom: 1px solid #767676; }
nav a { display: inline-block; padding: 0.5rem 0; }
nav a[aria-current] { font-weight: bold; color: #1b1b1b; }
a { color: #00478f; }
:focus-visible { outline: 3px solid #b50909; outline-offset: 2px; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.3rem; }
label { display: block; font-weight: bold; }
input, select, textarea, button { font: inherit; padding: 0.5rem 0.75rem; border: 1px solid #5c5c5c; border-radius: 0.25rem; max-width: 100%; min-height: 2.75rem; }
input[type="url"], textarea { width: 40rem; }
input[type="radio"], input[type="checkbox"] { min-height: 1.5rem; min-width: 1.5rem; vertical-align: middle; }
button { background: #00478f; border-color: #00478f; color: #fff; cursor: pointer; }
button:hover { background: #002f5f; }
fieldset { border: 1px solid #767676; border-radius: 0.25rem; display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: end; }
fieldset.rows { display: block; }
.note { border-left: 0.4rem solid #8a6100; padding: 0.5rem 1rem; background: #fff8e5; }
.mistake { border-left: 0.4rem solid #b50909; padding: 0.5rem 1rem; background: #fff1f1; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem; }
caption { text-align: left; font-style: italic; }
th, td { text-align: left; vertical-align: top; border: 1px solid #767676; padding: 0.35rem 0.5rem; overflow-wrap: anywhere; }
th { background: #eef3f8; }
dt { font-weight: bold; }
dd { margin: 0 0 0.5rem; }
footer { border-top: 1px solid #767676; margin-top: 2rem; font-size: 0.9rem; }
@media (max-width: 40rem) { body { font-size: 0.95rem; } th, td { padding: 0.25rem; font-size: 0.85rem; } }
@media print { .skip, nav, form { display: none; } }
)css";

}  // namespace bb::portal
