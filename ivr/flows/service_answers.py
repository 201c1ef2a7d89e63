"""The schemas of what crm and the packs answer to consult, ticket and visit questions."""

from pydantic import BaseModel, ConfigDict, Field

BUILT_IN = "0"  # version of an article that no editor has changed


class ArticleAnswer(BaseModel):
    """One article: at most three sentences, as they are spoken."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    segments: list[str] = Field(min_length=1, max_length=3)
    source: str = Field(min_length=1, max_length=200)
    version: str = Field(default=BUILT_IN, max_length=40)


class ArticlesAnswer(BaseModel):
    """The articles that an editor has changed; the others are the built-in ones."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    articles: dict[str, ArticleAnswer] = Field(max_length=200)
