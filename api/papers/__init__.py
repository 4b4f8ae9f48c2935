"""What is printed: posters, cards, letters, statements, conditions. Facts in, bytes of a PDF out.

fpdf2 is imported when the first page is made (0.4 s), never when the service starts.
"""
