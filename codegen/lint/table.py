"""The table of all rules."""

from codegen.lint.rule import Rule
from codegen.lint.rules import (
    bodies,
    document,
    operations,
    parameters,
    run_time,
    schema_advice,
    schemas,
    security,
    servers,
)

RULES: tuple[Rule, ...] = (
    *document.RULES,
    *servers.RULES,
    *operations.RULES,
    *parameters.RULES,
    *bodies.RULES,
    *schemas.RULES,
    *schema_advice.RULES,
    *run_time.RULES,
    *security.RULES,
)
