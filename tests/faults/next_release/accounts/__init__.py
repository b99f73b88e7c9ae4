from accounts import migrations

__path__ = [*migrations.__path__, *__path__]
