"""Messages that the public reads, wherever a test wants them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from accounts.models import User
from authorities.models import Authority
from issues import operations
from issues.models import Issue
from issues.policies import By


@pytest.fixture
def publish(
    resident: User, moderator: User, authority: Authority, message: operations.Message
) -> Callable[..., Issue]:
    """Files a message like `message`, changed as told, and accepts it."""

    def one(**changes: Any) -> Issue:
        filed = operations.file_issue(by=By.author(resident), message=replace(message, **changes))
        return operations.accept_issue(by=By.moderator(moderator), issue=filed)

    return one
