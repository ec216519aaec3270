#include "record_platform/shell_texts.hpp"

namespace bb::record_platform {

const std::string shell_layout = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}} - Sample record platform</title>
<link rel="stylesheet" href="/assets/shell.css">
</head>
<body>
<header><p class="brand">BlueBridge sample record platform</p>{{#name}}<p>Signed in as {{name}}</p>{{/name}}</header>
<main>
<h1>{{title}}</h1>
{{#mistake}}<p class="mistake" role="alert">{{mistake}}</p>{{/mistake}}
{{{content}}}
</main>
<footer><p>This is a sample system for tests. Use it with made-up records only.</p></footer>
</body>
</html>
)html";

const std::string shell_sign_in = R"html(<form method="post" action="/sign-in">
<input type="hidden" name="target" value="{{target}}">
<input type="hidden" name="targetqs" value="{{targetqs}}">
<p><label for="account">Account</label>
<input id="account" name="account" type="text" autocomplete="username" required></p>
<p><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required></p>
<p><button type="submit">Sign in</button></p>
</form>
)html";

const std::string shell_form = R"html({{#text}}<p>{{text}}</p>{{/text}}
<form method="post" action="/redirect.aspx">
<input type="hidden" name="target" value="{{target}}">
<input type="hidden" name="targetqs" value="{{targetqs}}">
<input type="hidden" name="csrf" value="{{csrf}}">
{{#has_records}}
<fieldset>
<legend>Health record</legend>
{{#records}}
<p><input id="record-{{id}}" name="record" type="{{kind}}" value="{{id}}"{{#is_chosen}} checked{{/is_chosen}}>
<label for="record-{{id}}">{{name}}</label></p>
{{/records}}
</fieldset>
{{/has_records}}
{{#has_rules}}
<fieldset>
<legend>What the application may do</legend>
{{#rules}}
<p>{{#is_optional}}
<input id="rule-{{number}}" name="rule" type="checkbox" value="{{number}}"{{#is_chosen}} checked{{/is_chosen}}>
<label for="rule-{{number}}">{{text}} (optional)</label>{{/is_optional}}{{^is_optional}}{{text}}{{/is_optional}}</p>
{{/rules}}
</fieldset>
{{/has_rules}}
{{#fields}}
<p><label for="{{id}}">{{label}}</label>
<input id="{{id}}" name="{{id}}" type="text" value="{{value}}" autocomplete="off"></p>
{{/fields}}
<p>{{#yes}}<button type="submit" name="decision" value="yes">{{yes}}</button>{{/yes}}
{{#no}}<button type="submit" name="decision" value="no">{{no}}</button>{{/no}}</p>
</form>
)html";

const std::string shell_message = R"html(<p>{{text}}</p>
)html";

const std::string shell_return = R"html(<form method="post" action="{{url}}">
{{#fields}}<input type="hidden" name="{{id}}" value="{{value}}">
{{/fields}}
<p><button type="submit">Go back to {{application}}</button></p>
</form>
)html";

const std::string shell_style = R"css(
body { font-family: sans-serif; max-width: 45em; margin: 0 auto; padding: 1em; color: #1b1b1b; background: #fff; }
.brand { font-weight: bold; }
.mistake { border-left: 0.3em solid #b00020; padding-left: 0.7em; }
label { display: inline-block; min-width: 10em; }
button { padding: 0.5em 1em; }
footer { margin-top: 3em; font-size: 0.9em; color: #4a4a4a; }
)css";

}  // namespace bb::record_platform
