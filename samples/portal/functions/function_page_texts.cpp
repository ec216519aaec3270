#include "portal/functions/function_page_texts.hpp"

namespace bb::portal::functions {

const std::string conversations_template = R"html(<h1>Messages with the care team of {{name}}</h1>
<p class="note" role="note">{{notice}}</p>
<p><a href="/patients/{{patient}}/conversations/new">Write a message</a></p>
{{#has_items}}
<table>
<caption>Conversations, the latest first</caption>
<thead><tr><th scope="col">Last message (UTC)</th><th scope="col">Subject</th><th scope="col">Not read yet</th></tr></thead>
<tbody>
{{#items}}
<tr><td>{{updated}}</td><td><a href="/patients/{{patient}}/conversations/{{id}}">{{subject}}</a></td><td>{{unread_count}}</td></tr>
{{/items}}
</tbody>
</table>
{{/has_items}}
{{^has_items}}
<p>There are no messages yet.</p>
{{/has_items}}
)html";

const std::string compose_template = R"html(<h1>Write to the care team of {{name}}</h1>
{{#notice}}
<p class="note" role="note">{{notice}}</p>
{{/notice}}
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
<form method="post" action="/patients/{{patient}}/conversations/new">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="key" value="{{key}}">
<p><label for="to">To</label>
<select id="to" name="to">
{{#recipients}}
<option value="{{id}}">{{name}}</option>
{{/recipients}}
</select></p>
<p><label for="subject">Subject</label> <input id="subject" name="subject" type="text" maxlength="200" required></p>
<p><label for="text">Message</label> <textarea id="text" name="text" rows="8" cols="60" maxlength="8000" required></textarea></p>
<p><button type="submit">Send</button></p>
</form>
)html";

const std::string conversation_template = R"html(<h1>{{subject}}</h1>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
<ol class="conversation">
{{#messages}}
<li>
<p><strong>{{author_name}}</strong>{{#on_behalf_of}}, on behalf of {{on_behalf_of}}{{/on_behalf_of}}, {{at}}{{^is_read}} (new){{/is_read}}</p>
{{#is_raw}}<p>{{{text}}}</p>{{/is_raw}}{{^is_raw}}<p>{{text}}</p>{{/is_raw}}
{{#attachments}}
<p>Attached: {{filename}} ({{media_type}}, {{size}} bytes)</p>
{{/attachments}}
</li>
{{/messages}}
</ol>
<form method="post" action="/patients/{{patient}}/conversations/{{id}}">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="key" value="{{key}}">
<p class="note" role="note">{{notice}}</p>
<p><label for="text">Answer</label> <textarea id="text" name="text" rows="6" cols="60" maxlength="8000" required></textarea></p>
<p><button type="submit">Send</button></p>
</form>
<p><a href="/patients/{{patient}}/conversations">Back to all messages</a></p>
)html";

const std::string refills_template = R"html(<h1>Prescriptions of {{name}}</h1>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
<p>A refill is more of a prescription that has refills left. When none are left, ask for a renewal: the care team writes a new prescription.</p>
<ul class="prescriptions">
{{#prescriptions}}
<li>
<h2>{{medicine}}</h2>
<dl>
<dt>Refills left</dt><dd>{{refills_left}}</dd>
<dt>Last filled</dt><dd>{{last_filled}}</dd>
<dt>Quantity</dt><dd>{{quantity}}</dd>
<dt>Days' supply</dt><dd>{{days_supply}}</dd>
<dt>Pharmacy</dt><dd>{{pharmacy}}</dd>
<dt>Status</dt><dd>{{status}}</dd>
</dl>
{{#can_ask}}
<form method="post" action="/patients/{{patient}}/refills">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="key" value="{{key}}-{{id}}">
<input type="hidden" name="prescription" value="{{id}}">
<p><button type="submit" name="kind" value="{{offers}}">Ask for a {{offers}} of {{medicine}}</button></p>
</form>
{{/can_ask}}
</li>
{{/prescriptions}}
</ul>
{{#has_refills}}
<table>
<caption>What you asked for, newest first</caption>
<thead><tr><th scope="col">When (UTC)</th><th scope="col">Prescription</th><th scope="col">What</th><th scope="col">Status</th><th scope="col">Reason</th></tr></thead>
<tbody>
{{#refills}}
<tr><td>{{at}}</td><td>{{prescription}}</td><td>{{kind}}</td><td>{{status}}</td><td>{{reason}}</td></tr>
{{/refills}}
</tbody>
</table>
{{/has_refills}}
)html";

const std::string appointments_template = R"html(<h1>Appointments of {{name}}</h1>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
<table>
<caption>Future and past appointments</caption>
<thead><tr><th scope="col">When</th><th scope="col">Where</th><th scope="col">Phone</th><th scope="col">Status</th><th scope="col">Cancel</th></tr></thead>
<tbody>
{{#appointments}}
<tr><td>{{local}} ({{zone}})</td><td>{{clinic}}, {{place}}</td><td>{{phone}}</td><td>{{status}}</td><td>{{#is_booked}}<form method="post" action="/patients/{{patient}}/appointments">
<input type="hidden" name="csrf" value="{{csrf}}">
<button type="submit" name="cancel" value="{{id}}">Cancel the appointment of {{local}}</button>
</form>{{/is_booked}}</td></tr>
{{/appointments}}
</tbody>
</table>
<h2>Book an appointment</h2>
<form method="post" action="/patients/{{patient}}/appointments">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="key" value="{{key}}">
<p><label for="slot">Time</label>
<select id="slot" name="slot">
{{#slots}}
<option value="{{id}}">{{local}} ({{zone}}), {{clinic}}</option>
{{/slots}}
</select></p>
<p><label for="instead_of">Instead of</label>
<select id="instead_of" name="instead_of">
<option value="">none: a new appointment</option>
{{#booked}}
<option value="{{id}}">{{local}} ({{zone}})</option>
{{/booked}}
</select></p>
<p><label for="reason">Reason (only the clinic sees it)</label> <input id="reason" name="reason" type="text" maxlength="500"></p>
<p><button type="submit">Book</button></p>
</form>
)html";

const std::string entries_template = R"html(<h1>What {{name}} entered</h1>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
<p>What you enter here stands beside your record, marked as yours. The care team can see it.</p>
{{#has_entries}}
<table>
<caption>Your entries</caption>
<thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Value</th><th scope="col">Entered by</th><th scope="col">Please check</th><th scope="col">Delete</th></tr></thead>
<tbody>
{{#entries}}
<tr><td>{{taken_at}}</td><td>{{title}}</td><td>{{value}} {{unit}}</td><td>{{author_name}}, {{entered_at}}</td><td>{{#warnings}}{{text}} {{/warnings}}</td><td><form method="post" action="/patients/{{patient}}/entries">
<input type="hidden" name="csrf" value="{{csrf}}">
<button type="submit" name="delete" value="{{id}}">Delete {{title}} of {{taken_at}}</button>
</form></td></tr>
{{/entries}}
</tbody>
</table>
{{/has_entries}}
<h2>Enter a reading</h2>
<form method="post" action="/patients/{{patient}}/entries">
<input type="hidden" name="csrf" value="{{csrf}}">
<p><label for="reading">What</label>
<select id="reading" name="reading">
<option value="blood-pressure mm[Hg]">Blood pressure (mm[Hg], like 126/82)</option>
<option value="body-weight kg">Body weight (kg)</option>
<option value="body-weight [lb_av]">Body weight (pounds)</option>
<option value="heart-rate /min">Heart rate (per minute)</option>
<option value="glucose mg/dL">Glucose (mg/dL)</option>
<option value="body-temperature Cel">Body temperature (degrees Celsius)</option>
</select></p>
<p><label for="value">Value</label> <input id="value" name="value" type="text" required></p>
<p><label for="taken_at">Day</label> <input id="taken_at" name="taken_at" type="date" required></p>
<p><button type="submit">Enter</button></p>
</form>
)html";

const std::string education_template = R"html(<h1>To read for {{name}}</h1>
{{#has_assigned}}
<h2>Chosen for you by your care team</h2>
<ul>
{{#assigned}}
<li><a href="{{url}}" lang="{{language}}" rel="noreferrer">{{title}}</a> (chosen by {{assigned_by}})</li>
{{/assigned}}
</ul>
{{/has_assigned}}
<h2>Library</h2>
<ul>
{{#library}}
<li><a href="{{url}}" lang="{{language}}" rel="noreferrer">{{title}}</a></li>
{{/library}}
</ul>
)html";

const std::string material_template = R"html(<h1>{{title}}</h1>
<p>{{text}}</p>
)html";

const std::string settings_template = R"html(<h1>Notices</h1>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
<p>When your care team writes to you, a notice goes where you want it. It says that a message waits, and nothing of it.</p>
<form method="post" action="/patients/{{patient}}/settings">
<input type="hidden" name="csrf" value="{{csrf}}">
<p><label for="notices_to">Address of notices, which starts with https:// (leave empty for none)</label> <input id="notices_to" name="notices_to" type="url" value="{{notices_to}}"></p>
<p><button type="submit">Save</button></p>
</form>
)html";

const std::string feedback_template = R"html(<h1>What do you think of this portal?</h1>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
{{#thanks}}
<p role="status">{{thanks}}</p>
{{/thanks}}
<form method="post" action="/patients/{{patient}}/feedback">
<input type="hidden" name="csrf" value="{{csrf}}">
<p><label for="text">What is good, what is not</label> <textarea id="text" name="text" rows="8" cols="60" maxlength="4000" required></textarea></p>
<p><button type="submit">Send</button></p>
</form>
)html";

}  // namespace bb::portal::functions
