"""What all client tests share: where the server is, and which model answers."""
import os

BASE_URL = os.environ["HOLDFAST_BASE_URL"]
API_KEY = os.environ["HOLDFAST_API_KEY"]
MODEL = "improv"
