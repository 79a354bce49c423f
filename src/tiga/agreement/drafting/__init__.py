"""What is wrong with an agreement (`check`), what is still open in it (`gaps`), what a new draft changes (`diff`)."""

from tiga.agreement.drafting.changes import Change, diff
from tiga.agreement.drafting.openness import KINDS, Gap, gaps
from tiga.agreement.drafting.problems import Problem, check

__all__ = ["KINDS", "Change", "Gap", "Problem", "check", "diff", "gaps"]
