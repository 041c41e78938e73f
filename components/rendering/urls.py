"""Connection URLs of stores and broker, with the password left as `$(VARIABLE)` for the kubelet to put in."""

from urllib.parse import quote


def postgres_url(*, user: str, password_variable: str, host: str, database: str) -> str:
    """libpq URL. TLS is required; the server's certificate comes from the operator's own authority."""
    return f"postgresql://{user}:$({password_variable})@{host}:5432/{database}?sslmode=require"


def postgres_jdbc_url(*, host: str, database: str) -> str:
    """JDBC URL for a server on the JVM, which takes user and password from variables beside it."""
    return f"jdbc:postgresql://{host}:5432/{database}?sslmode=require"


def redis_url(*, user: str, password_variable: str, host: str, database: int) -> str:
    """URL of one logical Redis database."""
    return f"redis://{user}:$({password_variable})@{host}:6379/{database}"


def amqp_url(*, user: str, password_variable: str, host: str, virtual_host: str) -> str:
    """AMQP 0-9-1 URL; a virtual host called `/` must be escaped to be one."""
    return f"amqp://{user}:$({password_variable})@{host}:5672/{quote(virtual_host, safe='')}"


def username_variable(variable: str) -> str:
    """Name of the variable beside `KC_DB_URL` that holds its user where the URL does not: `KC_DB_USERNAME`."""
    return f"{variable.removesuffix('_URL')}_USERNAME"


def password_variable(variable: str) -> str:
    """Name of the variable beside `DATABASE_URL` that holds its password: `DATABASE_PASSWORD`."""
    return f"{variable.removesuffix('_URL')}_PASSWORD"
