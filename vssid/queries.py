"""A query whose SQL is written once a process: to write it, the ORM takes longer than to send it and read the row."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)


class OneBy(Generic[M]):
    """`OneBy(lambda value: Model.objects.select_related(…).filter(pk=value))`; called with a value: the object or None.

    The queryset takes one value, which the database accepts as it is (number, text, bytes), and finds one row at most.
    """

    def __init__(self, queryset: Callable[[Any], models.QuerySet[M]]) -> None:
        self._queryset = queryset
        self._plan: _Plan[M] | None = None

    def __call__(self, value: int | str | bytes) -> M | None:
        """Send the query and make its object, related ones and annotations with it, as the ORM would."""
        if self._plan is None:
            self._plan = _Plan(self._queryset(value))
        with connection.cursor() as cursor:
            cursor.execute(self._plan.sql, (value,))
            row = cursor.fetchone()
        return None if row is None else self._plan.made_of(row)


class _Plan(Generic[M]):
    """What the ORM works out anew for each query and is the same for all of them."""

    def __init__(self, queryset: models.QuerySet[M]) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        self.sql, parameters = compiler.as_sql()
        assert len(parameters) == 1, "the query takes one value"
        assert compiler.klass_info is not None
        self.model: type[M] = compiler.klass_info["model"]
        columns = compiler.klass_info["select_fields"]
        self.columns = slice(columns[0], columns[-1] + 1)
        self.names = [column[0].target.attname for column in compiler.select[self.columns]]
        self.converters = [
            (place, converter, expression)
            for place, (converters, expression) in compiler.get_converters(
                [column[0] for column in compiler.select]
            ).items()
            for converter in converters
        ]
        self.annotations = dict(compiler.annotation_col_map or {})
        self.related = get_related_populators(compiler.klass_info, compiler.select, connection.alias)  # type: ignore[call-arg]

    def made_of(self, row: tuple[Any, ...]) -> M:
        values = list(row)
        for place, converter, expression in self.converters:
            values[place] = converter(values[place], expression, connection)
        made = self.model.from_db(connection.alias, self.names, values[self.columns])
        for populator in self.related:
            populator.populate(values, made)
        for name, place in self.annotations.items():
            setattr(made, name, values[place])
        return made
