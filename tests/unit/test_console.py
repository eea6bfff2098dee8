"""Which desk a command means: a folder's, or a deployment's by the name of its stack."""

from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber

from infra import template
from infra.console import STACK_OUTPUT, settings_for
from opendata.settings import SettingsError

DEPLOYMENT = template.read(Path(__file__).parents[2] / "template.yaml")


@pytest.fixture
def cloudformation(monkeypatch):
    """CloudFormation's client, whose answers a test gives beforehand."""
    client = boto3.client(
        "cloudformation", "ap-east-2", aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    monkeypatch.setattr(boto3, "client", {"cloudformation": client}.__getitem__)
    with Stubber(client) as stubber:
        yield stubber
    client.close()


def stack(**outputs):
    told = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
    described = {"StackName": "desk", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE"}
    return {"Stacks": [described | ({"Outputs": told} if told else {})]}


def test_the_output_that_is_looked_up_is_the_templates_table():
    ((table, _),) = template.resources(DEPLOYMENT, "AWS::DynamoDB::Table")
    named = {
        name for name, told in DEPLOYMENT["Outputs"].items() if told["Value"] == {"Ref": table}
    }
    assert named == {STACK_OUTPUT}


def test_a_stack_with_the_templates_outputs_means_its_table(cloudformation):
    outputs = {name: f"the {name}" for name in DEPLOYMENT["Outputs"]}
    cloudformation.add_response("describe_stacks", stack(**outputs), {"StackName": "desk"})
    settings = settings_for({"OPENDATA_TABLE": "another"}, None, "desk")
    assert settings.table == f"the {STACK_OUTPUT}"
    cloudformation.assert_no_pending_responses()


@pytest.mark.parametrize("outputs", [{}, {"Url": "https://desk.example"}])
def test_a_stack_that_names_no_table_is_refused(cloudformation, outputs):
    cloudformation.add_response("describe_stacks", stack(**outputs))
    with pytest.raises(SettingsError, match=f"--stack desk: no output {STACK_OUTPUT}"):
        settings_for({}, None, "desk")


def test_a_stack_that_does_not_exist_is_refused(cloudformation):
    cloudformation.add_client_error(
        "describe_stacks", "ValidationError", "Stack with id desk does not exist"
    )
    with pytest.raises(SettingsError, match="Stack with id desk does not exist"):
        settings_for({}, None, "desk")


def test_without_a_stack_nobody_asks_for_one(cloudformation):
    assert settings_for({"OPENDATA_TABLE": "given"}, None, None).table == "given"
    assert settings_for({"OPENDATA_TABLE": "given"}, Path("here"), None).table is None
