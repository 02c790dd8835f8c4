"""Templates name nothing that nobody hands them."""

import ast
from pathlib import Path

import pytest
from jinja2 import meta, nodes

from latentscape import reports
from latentscape.reports.page import environment

MODULES = sorted(Path(reports.__file__).parent.glob("*.py"))


def handed_over(template: str) -> set[str]:
    """The keywords of every call `write_page(out, template, keyword=…)`."""
    calls = (node for module in MODULES for node in ast.walk(ast.parse(module.read_text("utf-8"))))
    return {
        str(keyword.arg)
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id == "write_page" and ast.literal_eval(call.args[1]) == template
        for keyword in call.keywords
    }


@pytest.mark.parametrize("template", ["report.html", "compare.html"])
def test_a_template_is_handed_every_name_it_uses(template: str) -> None:
    jinja = environment()
    source, *_ = jinja.loader.get_source(jinja, template)  # type: ignore[union-attr]
    tree = jinja.parse(source)
    imported = {
        name if isinstance(name, str) else name[1]
        for line in tree.find_all(nodes.FromImport)
        for name in line.names
    }
    known = imported | {macro.name for macro in tree.find_all(nodes.Macro)} | {"self"}
    used = meta.find_undeclared_variables(tree) - known - set(jinja.globals)
    assert used, template
    assert used <= handed_over(template)
