"""A small shop to try Firstline on: customers, orders, refunds and help pages, all made up."""
