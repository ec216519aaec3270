#include "portal/smart/page_texts.hpp"

namespace bb::portal {

const std::string consent_template = R"html(<h1>Let {{name}} in?</h1>
{{#notes}}
<p class="note" role="note">{{text}}</p>
{{/notes}}
<p>The application <strong>{{name}}</strong> asks for the following. You may refuse each of it.
It sends you back to <strong>{{origin}}</strong>.</p>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
<form method="post" action="{{form}}">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="request" value="{{request}}">
{{#has_patients}}
<fieldset>
<legend>Whose health record?</legend>
{{#patients}}
<p><input id="patient-{{id}}" name="patient" type="radio" value="{{id}}" required>
<label for="patient-{{id}}">{{name}}{{#is_own}} (you){{/is_own}}</label></p>
{{/patients}}
</fieldset>
{{/has_patients}}
{{#has_one}}
<p>It is about the health record of <strong>{{one_name}}</strong>.</p>
<input type="hidden" name="patient" value="{{one_id}}">
{{/has_one}}
<fieldset>
<legend>What may it do?</legend>
{{#scopes}}
<p><input id="scope-{{number}}" name="scope" type="checkbox" value="{{scope}}" checked>
<label for="scope-{{number}}">{{words}}</label> <code>{{scope}}</code></p>
{{/scopes}}
</fieldset>
<p><button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny" formnovalidate>Deny</button></p>
</form>
<p>What you allow can be ended at any time: <a href="/oauth/manage">Applications</a>.</p>
)html";

const std::string applications_template = R"html(<h1>Applications</h1>
{{#has_grants}}
<p>These applications may read a health record that is yours, or that you let them read for somebody:</p>
<ul class="choices">
{{#grants}}
<li><strong>{{name}}</strong>{{#patient}}, the record of {{patient}}{{/patient}};
since {{since}}{{#by}}, allowed by {{by}}{{/by}}
<ul>
{{#words}}
<li>{{text}}</li>
{{/words}}
</ul>
<form method="post" action="/oauth/manage">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="grant" value="{{id}}">
<button type="submit">End the access of {{name}}</button>
</form>
</li>
{{/grants}}
</ul>
{{/has_grants}}
{{^has_grants}}
<p>No application has access.</p>
{{/has_grants}}
)html";

}  // namespace bb::portal
