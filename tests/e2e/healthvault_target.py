"""The sample record platform with the people that healthvault.platform asks for, and the target that names them."""
import json
import sys

import peers

sys.path.insert(0, str(peers.SOURCE / "tests" / "record_platform"))
from platform_client import Program, thumbprint  # noqa: E402

APPLICATION = "sample"
WITHOUT_RIGHT = "11c52484-7f1a-11db-aeac-87d355d89593"  # sleep sessions
KEPT = "11111111-2222-4333-8444-666666666666"
GRANTED = """
    3d34d87e-7fc1-4153-800f-f56592cb0d17 40750a6a-89b2-455c-bd8d-b420a4cb500b ca3c57f4-f4c1-4e15-be67-0a3caf5414ed
    879e7c04-4e8a-4707-9ad3-b054df467ce4 b81eb4a6-6eac-4292-ae93-3872d6870994 73822612-c15f-4b49-9e65-6af369e55c65
    30cafccc-047d-4288-94ef-643571f7919d 5c5f1223-f63c-4464-870c-3e36ba471def 52bf9104-2c5e-4f1f-a66d-552ebcc53df7
    cd3587b5-b6e1-4565-ab3b-1c3ad45eb04f 7ea7a1f9-880b-4bd4-b593-f5660f20eda8 df4db479-a1ba-42a2-8714-2b083b88150f
    464083cc-13de-4f3e-a189-da8e47d5651b 9c48a2b8-952c-4f5a-935d-f3292326bf54 1ed1cba6-9530-44a3-b7b5-e8219690ebcf
    bd0403c5-4ae2-4b0e-a8db-1888678e4528 c9287326-bb43-4194-858c-8b60768f000f 1e1ccbfc-a55d-4d91-8940-fa2fbf73c195
    5800eab5-a8c2-482a-a4d6-f1db25ae08c3 cdfc0a9b-6d3b-4d16-afa8-02b86d621a8d""".split() + [KEPT]
SET_UP = {
    "people": {"alice": {"name": "Alice Newman"}, "bruno": {"name": "Bruno Little"}, "carol": {"name": "Carol Newman"}},
    "records": {
        "alice": {"name": "Alice Newman", "holders": {"alice": "self", "carol": "custodian"}, "meaningful_use_opt_in": True},
        "bruno": {"name": "Bruno Little", "holders": {"bruno": "self"}, "meaningful_use_opt_in": False, "bytes_max": 100000}},
    "types": {KEPT: {"name": "Kept type", "element": "kept", "undeletable": True}},
    "applications": {APPLICATION: {
        "name": "Sample", "return_url": "https://app.example/back",
        "types": {type_id: {"online": "all", "offline": "all"} for type_id in GRANTED},
        "granted_by": ["alice@alice", "carol@alice", "bruno@bruno"]}}}
SCHEMAS = peers.DATA / "healthvault" / "xsd"


def platform(folder, defect=None):
    """The platform as a child process, in `folder`; use as a context."""
    if not SCHEMAS.is_dir():
        peers.skip_loudly("no published schemas of thing types; set BB_TEST_DATA")
    people = folder / "people.yaml"
    people.write_text(json.dumps(SET_UP))  # JSON is YAML
    return Program(peers.BIN / "bluebridge-record-platform", "--folder", folder / "platform", "--people", people, "--schemas",
                   SCHEMAS, "--control", *(["--defect", defect] if defect else []), env=peers.environment())


def target(folder, platform):
    """The target file for a platform that runs, with all that the suite may ask for."""
    ready, application = platform.ready, platform.application(APPLICATION)
    token = folder / "control.token"
    token.write_text(ready["control"]["token"])

    def holder(account, record, **facts):
        person_id, record_id = platform.person(account), platform.record(record)
        return {"account": f"{person_id}/{record_id}", "method": "signed_request", "person": person_id, "record": record_id,
                **facts}

    role = {"connector": "org.bluebridge.healthvault.record", "ca_file": ready["ca_file"],
            "config": {"platform_url": ready["url"], "app_id": application["id"], "key": "key",
                       "thumbprint": thumbprint(application["identity_file"]), "shell_url": ready["shell_url"],
                       "control_url": ready["control"]["url"], "control_token": "control"},
            "secrets": {"key": {"file": application["identity_file"]}, "control": {"file": str(token)}}}
    file = folder / "target.yaml"
    file.write_text(json.dumps({
        "format": "bluebridge-target/1", "target": "record-platform", "title": "Sample record platform", "version": "1",
        "environment": "test", "roles": {"platform": role},
        "patients": {"alice": holder("alice", "alice"), "carol": holder("carol", "alice", role="caregiver"),
                     "bruno": holder("bruno", "bruno")},
        "inputs": {"undeletable_thing": f"<type-id>{KEPT}</type-id><data-xml><kept/></data-xml>"},
        "options": {"control": "offered", "quota": "known", "undeletable": "known", "shell": "offered"}}, indent=1))
    return file
