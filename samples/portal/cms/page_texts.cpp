#include "portal/cms/page_texts.hpp"

namespace bb::portal::cms {

const ConsentWords english{"en",
                           "Connect your claims",
                           "It will see your coverage and the claims that were paid for you.",
                           "Your personal information: name, address, date of birth",
                           "Share it too",
                           "Do not share it",
                           "Connect",
                           "Do not connect"};
const ConsentWords spanish{"es",
                           "Conecte sus reclamaciones",
                           "Podrá ver su cobertura y las reclamaciones que se pagaron por usted.",
                           "Su información personal: nombre, dirección, fecha de nacimiento",
                           "Compartirla también",
                           "No compartirla",
                           "Conectar",
                           "No conectar"};

const std::string consent_template = R"html(<div lang="{{lang}}">
<h1>{{heading}}</h1>
<p><strong>{{name}}</strong> · {{person}}</p>
<p>{{claims}}</p>
<form method="post" action="{{action}}">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="request" value="{{request}}">
{{#has_demographics}}
<fieldset>
<legend>{{question}}</legend>
<p><input id="share" name="share_demographic_scopes" type="radio" value="True" checked>
<label for="share">{{share}}</label></p>
<p><input id="withhold" name="share_demographic_scopes" type="radio" value="False">
<label for="withhold">{{withhold}}</label></p>
</fieldset>
{{/has_demographics}}
<p><button type="submit" name="decision" value="allow">{{allow}}</button>
<button type="submit" name="decision" value="deny">{{deny}}</button></p>
</form>
</div>
)html";

}  // namespace bb::portal::cms
