"""What people say back: ratings of cases, requests and complaints."""
