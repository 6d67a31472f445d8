"""A small MCP server of ours: over stdio when run as a program."""

import sys

from mcp.server import MCPServer

ORDERS = {"C-1": {"1": "shipped"}, "C-2": {"2": "delivered"}}


def server() -> MCPServer:
    made = MCPServer("orders")

    @made.tool()
    def find_order(customer_id: str, order_id: str) -> dict[str, str]:
        """Where an order is."""
        if order_id not in ORDERS.get(customer_id, {}):
            raise ValueError("no such order")
        return {"order": order_id, "state": ORDERS[customer_id][order_id], "secret": "margin 40 %"}

    @made.tool()
    def erase_everything(really: bool) -> str:
        """Erase it all."""
        return f"erased: {really}"

    return made


if __name__ == "__main__":
    server().run("stdio")
    sys.exit(0)
